import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { choose, inList, open, screenshot, signIn, signedIn, startUpload, violations } from './browser.js'
import { setUp } from './setup.js'

let stack, admin, browser, files, close

// The stage allows http://localhost:*. The same page by its number is another origin to a browser, and not allowed.
before(async () => {
  ;({ stack, admin, browser, files, close } = await setUp('local-assembly'))
})
after(() => close?.())

const elsewhere = () => stack.pageUrl.replace('localhost', '127.0.0.1')

test('page, API, bucket and user pool are four origins', () => {
  const origins = [stack.pageUrl, stack.apiUrl, stack.s3Url, stack.cognitoUrl].map((url) => new URL(url).origin)
  assert.equal(new Set(origins).size, 4)
})

test('an origin that is not allowed gets no answer of the API', async () => {
  const { context, page } = await open(browser, elsewhere())
  await signIn(page, stack)
  await signedIn(page, stack.username)
  await page.getByRole('alert').getByText('The server cannot be reached from this page.').waitFor()
  await screenshot(page, 'other-origin')
  assert.deepEqual(await violations(page), [])
  assert.deepEqual(await admin.objects('johndoe/'), [])
  await context.close()
})

test('an origin that is not allowed cannot use a presigned URL, whoever gave it', async () => {
  const { context, page } = await open(browser, stack.pageUrl)
  const answered = page.waitForResponse((r) => r.url() === stack.uploadUrl && r.request().method() === 'POST')
  await signIn(page, stack)
  await signedIn(page, stack.username)
  await choose(page, await files.file('note.json', '{}'))
  await startUpload(page)
  const { url } = await (await answered).json()
  await inList(page, 'note.json')
  await context.close()

  const other = await open(browser, elsewhere())
  const outcome = await other.page.evaluate((url) => fetch(url).then((r) => `answered ${r.status}`, (e) => e.name), url)
  assert.equal(outcome, 'TypeError', 'the browser has to keep the answer from the page')
  const put = (url) =>
    fetch(url, { method: 'PUT', headers: { 'Content-Type': 'application/json', 'If-None-Match': '*' }, body: '{}' }).then(
      (r) => `answered ${r.status}`,
      (e) => e.name,
    )
  assert.equal(await other.page.evaluate(put, url), 'TypeError', 'the preflight has to be refused')
  await other.context.close()
})

test('an error of the API reaches an allowed origin with its words', async () => {
  const { context, page } = await open(browser, stack.pageUrl)
  const answer = await page.evaluate(async (url) => {
    const response = await fetch(url, { method: 'POST', headers: { Authorization: 'Bearer x', 'Content-Type': 'application/json' } })
    return { status: response.status, code: (await response.json()).code }
  }, stack.uploadUrl)
  assert.deepEqual(answer, { status: 401, code: 'Unauthorized' })
  await context.close()
})

test('the page sends a strict policy, and the browser keeps to it', async () => {
  const { context, page } = await open(browser, stack.pageUrl)
  const policy = (await (await page.request.get(stack.pageUrl)).headers())['content-security-policy']
  assert.match(policy, /default-src 'none'/)
  assert.doesNotMatch(policy, /unsafe|\*/)
  const outcome = await page.evaluate(() => fetch('http://127.0.0.1:9/').then(String, (e) => e.name))
  assert.equal(outcome, 'TypeError')
  const run = await page.evaluate(() => {
    const script = document.createElement('script')
    script.textContent = 'window.injected = true'
    document.body.append(script)
    return 'injected' in window
  })
  assert.equal(run, false)
  await context.close()
})
