import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, afterEach, before, beforeEach, test } from 'node:test'

import { choose, inList, limitUpload, open, partDone, screenshot, signIn, signedIn, startUpload, violations } from './browser.js'
import { PASSWORD, setUp } from './setup.js'

const MIB = 1024 * 1024
const PART_BYTES = 8 * MIB // of the dev stage

let stack, admin, browser, files, close, banana, context, page, complaints, user

before(async () => {
  ;({ stack, admin, browser, files, close } = await setUp('local-assembly'))
  banana = await files.file('banana.json', '{"fruit": "banana"}')
})
after(() => close?.())
let users = 0
beforeEach(async () => {
  ;({ context, page, complaints } = await open(browser, stack.pageUrl))
  user = await admin.addUser(`uploader-${++users}`, PASSWORD) // a prefix of its own for each test
  await signIn(page, user)
  await signedIn(page, user.username)
})
afterEach(async () => {
  await context.close()
  assert.deepEqual(complaints, [])
})

const movieOf = (name, length) => files.file(name, randomBytes(length))
const stored = () => admin.objects(`${user.username}/`)

/** Counts the requests of the page to S3, as "PUT 2" for part 2. */
function requestsToS3() {
  const seen = []
  page.on('request', (request) => {
    if (!request.url().startsWith(stack.s3Url)) return
    seen.push(`${request.method()} ${new URL(request.url()).searchParams.get('partNumber') ?? ''}`.trim())
  })
  return { count: (what) => seen.filter((one) => one === what).length }
}

test('a small file goes up in one PUT, with its type and its bytes', async () => {
  const s3 = requestsToS3()
  await choose(page, banana)
  await startUpload(page)
  await inList(page, banana.name)
  const [object] = await stored()
  assert.match(object.key, new RegExp(`^${user.username}/\\d{13}-banana\\.json$`))
  assert.equal(object.type, 'application/json')
  assert.deepEqual(object.bytes, banana.bytes)
  assert.equal(s3.count('PUT'), 1)
})

test('a file of unknown type goes up as application/octet-stream', async () => {
  await choose(page, await files.file('unknown.zzz', '?'))
  await startUpload(page)
  await inList(page, 'unknown.zzz')
  assert.equal((await stored())[0].type, 'application/octet-stream')
})

test('an empty file goes up', async () => {
  await choose(page, await files.file('empty.json', ''))
  await startUpload(page)
  await inList(page, 'empty.json')
  assert.equal((await stored())[0].bytes.length, 0)
})

test('a large file goes up in parts of the size that the endpoint says', async () => {
  const movie = await movieOf('movie.mp4', 2 * PART_BYTES + MIB)
  const s3 = requestsToS3()
  await choose(page, movie)
  await startUpload(page)
  await inList(page, movie.name)
  const [object] = await stored()
  assert.equal(object.type, 'video/mp4')
  assert.ok(object.bytes.equals(movie.bytes))
  assert.deepEqual([1, 2, 3, 4].map((part) => s3.count(`PUT ${part}`)), [1, 1, 1, 0])
})

test('a paused upload continues where it was, and sends no part twice', async () => {
  const movie = await movieOf('paused.mp4', 3 * PART_BYTES)
  const s3 = requestsToS3()
  await choose(page, movie)
  await limitUpload(page, 4 * MIB) // each part takes two seconds: time enough to pause within the second
  const first = partDone(page, 1)
  await startUpload(page)
  await first
  await page.getByRole('button', { name: 'Pause', exact: true }).click()
  await page.getByText('Upload paused').waitFor()
  await screenshot(page, 'paused')
  assert.deepEqual(await violations(page), [])
  assert.deepEqual(await stored(), [])

  await limitUpload(page, -1)
  await page.getByRole('button', { name: 'Resume', exact: true }).click()
  await inList(page, movie.name)
  assert.ok((await stored())[0].bytes.equals(movie.bytes))
  assert.equal(s3.count('PUT 1'), 1, 'part 1 was in S3 already')
  assert.ok(s3.count('GET') >= 1, 'S3 was asked for the parts it has')
})

test('an upload that is cancelled leaves no parts behind', async () => {
  await choose(page, await movieOf('cancelled.mp4', 3 * PART_BYTES))
  await limitUpload(page, 4 * MIB)
  const first = partDone(page, 1)
  await startUpload(page)
  await first
  const aborted = page.waitForResponse((r) => r.request().method() === 'DELETE' && r.url().startsWith(stack.s3Url))
  await page.getByRole('button', { name: 'Cancel', exact: true }).first().click()
  assert.equal((await aborted).status(), 204)
  assert.deepEqual(await stored(), [])
})

test('without a network the upload waits, says so, and continues when it is back', async () => {
  const movie = await movieOf('offline.mp4', 3 * PART_BYTES)
  await choose(page, movie)
  await limitUpload(page, 4 * MIB)
  const first = partDone(page, 1)
  await startUpload(page)
  await first
  await context.setOffline(true)
  await page.getByRole('status').getByText('No connection.').waitFor()
  await screenshot(page, 'offline')
  assert.deepEqual(await violations(page), [])
  await context.setOffline(false)
  await limitUpload(page, -1)
  await inList(page, movie.name)
  assert.ok((await stored())[0].bytes.equals(movie.bytes))
})

test('a part that S3 answers with an error is tried again', async () => {
  const movie = await movieOf('retried.mp4', 2 * PART_BYTES)
  let refused = 0
  await page.route(/partNumber=2/, (route) => {
    if (route.request().method() !== 'PUT' || refused++ > 0) return route.continue()
    return route.fulfill({ status: 503, headers: { 'Access-Control-Allow-Origin': '*' } })
  })
  await choose(page, movie)
  await startUpload(page)
  await inList(page, movie.name)
  assert.equal(refused, 2)
  assert.ok((await stored())[0].bytes.equals(movie.bytes))
})

test('a key that was taken meanwhile is left alone, and the file gets another', async () => {
  let collided = 0
  await page.route(`${stack.s3Url}/**`, (route) => {
    if (route.request().method() !== 'PUT' || collided++ > 0) return route.continue()
    return route.fulfill({ status: 412, headers: { 'Access-Control-Allow-Origin': '*' } })
  })
  await choose(page, banana)
  await startUpload(page)
  await inList(page, banana.name)
  assert.deepEqual((await stored()).map((object) => object.bytes), [banana.bytes])
})

test('two files at once both arrive, under keys of their own', async () => {
  const one = await movieOf('one.mp4', PART_BYTES + MIB)
  const two = await movieOf('two.mp4', PART_BYTES + 2 * MIB)
  await choose(page, one, two)
  await startUpload(page)
  await inList(page, one.name)
  await inList(page, two.name)
  const objects = await stored()
  assert.equal(objects.length, 2)
  for (const { bytes } of [one, two]) assert.ok(objects.some((object) => object.bytes.equals(bytes)))
})

test('files can be dropped onto the page', async () => {
  const drop = await page.evaluateHandle(() => {
    const data = new DataTransfer()
    data.items.add(new File(['dropped'], 'dropped.txt', { type: 'text/plain' }))
    return data
  })
  await page.dispatchEvent('.uppy-Dashboard-inner', 'drop', { dataTransfer: drop })
  await startUpload(page)
  await inList(page, 'dropped.txt')
  assert.equal((await stored())[0].bytes.toString(), 'dropped')
})
