import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, test } from 'node:test'

import { choose, inList, open, screenshot, signIn, signedIn, startUpload, violations } from './browser.js'
import { setUp } from './setup.js'

const MIB = 1024 * 1024

let stack, admin, browser, files, close, context, page, complaints

// A stage that takes images, JSON and plain text of 20 MiB at most: test/stages/bounded.json.
before(async () => {
  ;({ stack, admin, browser, files, close } = await setUp('bounded-assembly'))
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

test('a file that is too large is refused before a byte is sent, in the words of the endpoint', async () => {
  const sent = []
  page.on('request', (request) => request.url().startsWith(stack.s3Url) && sent.push(request.method()))
  await choose(page, await files.file('large.txt', Buffer.alloc(21 * MIB)))
  await startUpload(page)
  await failed(`content length is ${21 * MIB} bytes: want at most ${20 * MIB} (UploadTooLarge)`)
  await screenshot(page, 'too-large')
  assert.deepEqual(await violations(page), [])
  assert.ok(!sent.includes('PUT') && !sent.includes('POST'))
})

test('a file of a type that the stage does not take is refused, and one beside it is not', async () => {
  await choose(page, await files.file('script.html', '<p>no</p>'), await files.file('fine.json', '{}'))
  await startUpload(page)
  await failed(/text\/html.*\(ContentTypeNotAllowed\)/)
  await inList(page, 'fine.json')
  await screenshot(page, 'wrong-type')
  assert.deepEqual(await violations(page), [])
  assert.deepEqual((await admin.objects('johndoe/')).map((object) => object.bytes.toString()), ['{}'])
})

test('the largest file that the stage takes goes up in parts', async () => {
  const largest = await files.file('largest.txt', Buffer.alloc(20 * MIB, 'a'))
  await choose(page, largest)
  await startUpload(page)
  await inList(page, largest.name)
  assert.equal(await page.getByRole('button', { name: /^Delete/ }).count(), 0, 'this stage offers no deletion')
  assert.ok((await admin.objects('johndoe/')).some((object) => object.bytes.equals(largest.bytes)))
})
