import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { after, afterEach, before, beforeEach, test } from 'node:test'

import { choose, inList, limitUpload, open, partDone, screenshot, signIn, signedIn, startUpload } from './browser.js'
import { setUp } from './setup.js'

const MIB = 1024 * 1024

let stack, admin, browser, files, close, context, page, complaints

before(async () => {
  ;({ stack, admin, browser, files, close } = await setUp('local-assembly'))
})
after(() => close?.())
beforeEach(async () => {
  ;({ context, page, complaints } = await open(browser, stack.pageUrl))
  await signIn(page, stack)
  await signedIn(page, stack.username)
})
afterEach(async () => {
  await context.close()
  assert.deepEqual(complaints, [])
})

const failed = (words) => page.getByRole('list', { name: 'Uploads that failed' }).getByText(words).waitFor()

for (const [status, words] of [
  [403, 'S3 did not accept the request. Retry: it is signed again.'],
  [404, 'S3 no longer has this. Retry: a new upload starts.'],
  [412, 'The key was taken meanwhile. Retry: the file gets a new one.'],
  [503, 'S3 is busy. Wait a little and retry.'],
  ['a broken connection', 'The connection to S3 broke.'],
]) {
  test(`the built page has a sentence for ${status} of S3`, async () => {
    await page.route(`${stack.s3Url}/**`, (route) => {
      if (route.request().method() !== 'PUT') return route.continue()
      if (typeof status !== 'number') return route.abort()
      return route.fulfill({ status, headers: { 'Access-Control-Allow-Origin': '*' } })
    })
    await choose(page, await files.file(`${status}.json`, '{}'))
    await startUpload(page)
    await failed(words)
  })
}

test('a file that is removed after it was chosen is named as such', async () => {
  const file = await files.file('gone.json', '{}')
  await choose(page, file)
  await rm(file.path)
  await startUpload(page)
  await failed('The file has changed since you chose it.')
  await screenshot(page, 'file-changed')
})

test('a disabled user is told so', async () => {
  const user = await admin.addUser('leaver', 'Another-7-good-password')
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.route(`${stack.cognitoUrl}**`, (route) => (route.request().method() === 'OPTIONS' ? route.continue() : route.fulfill({
    status: 400, headers: { 'Access-Control-Allow-Origin': '*' },
    json: { __type: 'NotAuthorizedException', message: 'User is disabled.' },
  })))
  await signIn(page, user)
  await page.getByText('User is disabled.').waitFor()
})

test('leaving during an upload asks first, and whoever stays keeps the upload', async () => {
  await choose(page, await files.file('leaving.mp4', Buffer.alloc(24 * MIB, 'm')))
  await limitUpload(page, 4 * MIB)
  const first = partDone(page, 1)
  await startUpload(page)
  await first
  const asked = page.waitForEvent('dialog')
  const leaving = page.goto('about:blank') // Chromium 156 sometimes crashes after a refused page.close()
  const dialog = await asked
  assert.equal(dialog.type(), 'beforeunload')
  await Promise.all([assert.rejects(leaving, /ERR_ABORTED/), dialog.dismiss()])
  await limitUpload(page, -1)
  await inList(page, 'leaving.mp4')
})

test('signing out during an upload asks first', async () => {
  await choose(page, await files.file('signing-out.mp4', Buffer.alloc(24 * MIB, 'm')))
  await limitUpload(page, 4 * MIB)
  const first = partDone(page, 1)
  await startUpload(page)
  await first
  const answers = [(dialog) => dialog.dismiss(), (dialog) => dialog.accept()]
  page.on('dialog', (dialog) => answers.shift()(dialog))
  await page.getByRole('button', { name: 'Sign out' }).click()
  await signedIn(page, stack.username)
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  assert.deepEqual(answers, [])
})

test('a list that cannot be read says so with the request ID, and goes away when it can', async () => {
  const route = '**/generate-presigned-download-url'
  const problem = { title: 'Bad Request', status: 400, detail: 'not now', code: 'Test', requestId: 'R1' }
  await page.route(route, (route) => (route.request().method() === 'OPTIONS' ? route.continue() : route.fulfill({
    status: 400, json: problem, headers: { 'Access-Control-Allow-Origin': '*' },
  })))
  await page.reload()
  await page.getByText('Your files could not be listed. Choose Refresh to try again.').waitFor()
  await page.getByText('not now (Test) Request ID: R1.').waitFor()
  await screenshot(page, 'list-failed')
  await page.unroute(route)
  await page.getByRole('button', { name: 'Refresh' }).click()
  await page.getByText('Request ID: R1.').waitFor({ state: 'hidden' })
  await page.getByText('could not be listed').waitFor({ state: 'hidden' })
})
