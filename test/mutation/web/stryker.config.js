// The page's tests that need neither a browser nor what `make build` makes, run once for each change. `make mutations-web`.
// The JSON report is read by score.js.
export default {
  plugins: ['@stryker-mutator/tap-runner', import.meta.resolve('./sample.js')],
  ignorers: ['sample'],
  mutator: { excludedMutations: ['BlockStatement'] }, // an empty function is always noticed
  testRunner: 'tap',
  tap: {
    testFiles: ['test/!(packages|publish|readme).test.js'],
    nodeArgs: ['--test-reporter=tap', '--test-force-exit', '-r', '{{hookFile}}', '{{testFile}}'], // Uppy's notices stay 5 s
  },
  coverageAnalysis: 'perTest',
  mutate: ['src/*.js', 'packages/*/src/*.js'],
  ignorePatterns: ['dist', 'e2e'],
  tempDirName: '../build/mutations/web',
  reporters: ['json', 'progress-append-only'],
  jsonReporter: { fileName: '../build/mutations/web.json' },
  concurrency: 2,
  timeoutMS: 10_000,
}
