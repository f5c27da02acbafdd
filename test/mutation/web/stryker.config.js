// The page's tests that need neither a browser nor what `make build` makes, run once for each change. `make mutations-web`.
// The JSON report is read by score.js.
export default {
  plugins: ['@stryker-mutator/tap-runner'],
  testRunner: 'tap',
  tap: {
    testFiles: ['test/*.test.js', '!test/{packages,publish,readme}.test.js'],
    nodeArgs: ['--test-reporter=tap', '-r', '{{hookFile}}', '{{testFile}}'],
  },
  coverageAnalysis: 'perTest',
  mutate: ['src/*.js', 'packages/*/src/*.js'],
  ignorePatterns: ['dist', 'e2e'],
  tempDirName: '../build/mutations/web',
  reporters: ['json', 'progress-append-only'],
  jsonReporter: { fileName: '../build/mutations/web.json' },
  concurrency: 2,
  timeoutMS: 10_000,
  allowEmpty: true,
  disableTypeChecks: false,
}
