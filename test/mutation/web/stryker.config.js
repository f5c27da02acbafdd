// Stryker's settings for one PART of the page with its own tests: those that need neither a browser nor what `make build` makes.
// score.js reads the report.
const PARTS = {
  upload: [['packages/presigned-upload/src/*.js'], '{completion,names,presigned-ahead,presigned-upload,s3,sha256,unfinished}'],
  uppy: [['packages/presigned-uppy/src/*.js'], '{presigned-uppy,reports}'],
  views: [['src/*.js', '!src/{main,session,uploader}.js'], '{files*,listing,messages-view,presign,recover,settings,signin-view,words}'],
  session: [['src/session.js'], 'session'],
  app: [['src/{main,uploader}.js'], 'page*'],
}
const { PART } = process.env
const [mutate, tests] = PARTS[PART]

export default {
  plugins: ['@stryker-mutator/tap-runner', import.meta.resolve('./sample.js')],
  ignorers: ['sample'],
  mutate,
  mutator: { excludedMutations: ['BlockStatement'] }, // an empty function is always noticed
  testRunner: 'tap',
  tap: {
    testFiles: [`test/${tests}.test.js`],
    nodeArgs: ['--test-reporter=tap', '--test-force-exit', '-r', '{{hookFile}}', '{{testFile}}'], // Uppy's notices stay 5 s
  },
  coverageAnalysis: 'perTest',
  ignorePatterns: ['dist', 'e2e'],
  tempDirName: `../build/mutations/${PART}`,
  reporters: ['json', 'progress-append-only', ...(process.env.EVENTS ? ['event-recorder'] : [])],
  eventReporter: { baseDir: process.env.EVENTS ?? '' },
  jsonReporter: { fileName: `../build/mutations/${PART}.json` },
  concurrency: 2,
  timeoutMS: 10_000,
}
