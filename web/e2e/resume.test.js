import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, afterEach, before, beforeEach, test } from 'node:test'

import { choose, inList, limitUpload, partDone, screenshot, signIn, signedIn, startUpload, violations } from './browser.js'
import { openBehindProxy, setUp } from './setup.js'

const MIB = 1024 * 1024
const PART_BYTES = 8 * MIB // of the dev stage

let stack, admin, browser, files, close, proxy, context, page, complaints, user

before(async () => {
  ;({ stack, admin, browser, files, close } = await setUp('local-assembly'))
})
after(() => close?.())
let users = 0
beforeEach(async () => {
  ;({ context, page, complaints, proxy, user } = await openBehindProxy({ stack, admin, browser }, `resumer-${++users}`))
})
afterEach(async () => {
  await context.close()
  proxy.stop()
  assert.deepEqual(complaints, [])
})

const movieOf = (name, length) => files.file(name, randomBytes(length))
const stored = () => admin.objects(`${user.username}/`)

/** Begins the upload and reloads the page when S3 has that part. */
async function reloadAt(movie, part) {
  await choose(page, movie)
  await limitUpload(page, 16 * MIB) // half a second for each part
  const reached = partDone(page, part)
  await startUpload(page)
  await reached
  page.on('dialog', (dialog) => dialog.accept()) // leaving during an upload asks first
  await page.reload()
  await signedIn(page, user.username)
  await limitUpload(page, -1)
}

async function goOn(movie) {
  await choose(page, movie)
  await startUpload(page)
  await inList(page, movie.name)
}

test('after a reload at half of 200 MiB, at most the missing half and one part are sent', async () => {
  const movie = await movieOf('long.mp4', 200 * MIB)
  await reloadAt(movie, 12)
  await page.getByText('Not finished: long.mp4. Choose the same file again').waitFor()
  await screenshot(page, 'not-finished')
  assert.deepEqual(await violations(page), [])
  const before = proxy.sent()
  await goOn(movie)
  const sent = proxy.sent() - before
  assert.ok(sent <= 200 * MIB - 12 * PART_BYTES + PART_BYTES, `${sent / MIB} MiB`)
  const objects = await stored()
  assert.equal(objects.length, 1)
  assert.ok(objects[0].bytes.equals(movie.bytes))
  await page.getByText('Not finished').waitFor({ state: 'hidden' })
})

test('after the tab was closed and the user signed in again, the upload continues as well', async () => {
  const movie = await movieOf('closed.mp4', 5 * PART_BYTES)
  await choose(page, movie)
  await limitUpload(page, 16 * MIB)
  const reached = partDone(page, 2)
  await startUpload(page)
  await reached
  await page.close()
  page = await context.newPage()
  await page.goto(stack.pageUrl)
  await signIn(page, user)
  await signedIn(page, user.username)
  await page.getByText('Not finished: closed.mp4.').waitFor()
  const before = proxy.sent()
  await goOn(movie)
  assert.ok(proxy.sent() - before <= 4 * PART_BYTES)
  assert.ok((await stored())[0].bytes.equals(movie.bytes))
})

test('a file of the same name that has changed starts again', async () => {
  await reloadAt(await movieOf('changed.mp4', 4 * PART_BYTES), 2)
  const changed = await movieOf('changed.mp4', 4 * PART_BYTES)
  const before = proxy.sent()
  await goOn(changed)
  assert.equal(proxy.sent() - before, changed.bytes.length)
  assert.ok((await stored())[0].bytes.equals(changed.bytes))
})

test('an upload that S3 no longer has starts again, and the page says so', async () => {
  const movie = await movieOf('dropped.mp4', 4 * PART_BYTES)
  await reloadAt(movie, 2)
  assert.equal(await admin.dropUploads(`${user.username}/`), 1)
  await choose(page, movie)
  await limitUpload(page, 16 * MIB)
  await startUpload(page)
  const note = page.getByText('S3 no longer has the parts that were uploaded before. The upload starts again.')
  await note.waitFor()
  await screenshot(page, 'starts-again')
  await inList(page, movie.name)
  await note.waitFor({ state: 'hidden' })
  assert.ok((await stored())[0].bytes.equals(movie.bytes))
})

test('nothing of an unfinished upload is left for the next user after signing out', async () => {
  await reloadAt(await movieOf('private.mp4', 3 * PART_BYTES), 1)
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  assert.deepEqual(await page.evaluate(() => Object.keys(localStorage)), [])
})

test('a large file is begun once, by the URL that told the part size', async () => {
  const asked = []
  page.on('request', (request) => request.url() === stack.uploadUrl && asked.push(...(request.postDataJSON()?.requests ?? [request.postDataJSON()])))
  await goOn(await movieOf('once.mp4', 2 * PART_BYTES))
  assert.equal(asked.filter((request) => request?.operation === 'createMultipartUpload').length, 1)
})
