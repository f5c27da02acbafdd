import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, afterEach, before, beforeEach, test } from 'node:test'

import { choose, folder, inList, launch, limitUpload, open, signIn, signedIn, startUpload } from './browser.js'
import { administrator, startStack } from './stack.js'

const PASSWORD = 'Another-7-good-password'

let stack, admin, browser, files, banana, context, page, complaints

before(async () => {
  stack = await startStack('local-assembly')
  admin = administrator(stack)
  browser = await launch()
  files = await folder()
  banana = await files.file('Bañana & co.json', '{"fruit": "banana"}')
})
after(async () => {
  await files?.remove()
  await browser?.close()
  await stack?.stop()
})
beforeEach(async () => {
  ;({ context, page, complaints } = await open(browser, stack.pageUrl))
})
afterEach(async () => {
  await context.close()
  assert.deepEqual(complaints, [])
})

/** Clicks, and reads what the browser saves. */
async function download(row) {
  const saving = page.waitForEvent('download')
  await row.getByRole('button', { name: /^Download/ }).click()
  const saved = await saving
  return { name: saved.suggestedFilename(), bytes: await readFile(await saved.path()) }
}

test('an uploaded file is listed, and downloaded under its name with the same bytes', async () => {
  await signIn(page, stack)
  await signedIn(page, stack.username)
  await choose(page, banana)
  await startUpload(page)
  await inList(page, banana.name)
  await page.reload()
  await inList(page, banana.name)
  const row = page.getByRole('row').filter({ hasText: banana.name })
  await row.getByText(`${banana.bytes.length} B`).waitFor()
  assert.deepEqual(await download(row), { name: banana.name, bytes: banana.bytes })
})

test('in another browser the file has its name as well', async () => {
  const user = await admin.addUser('traveller', PASSWORD)
  await signIn(page, user)
  await signedIn(page, user.username)
  await choose(page, banana)
  await startUpload(page)
  await inList(page, banana.name)
  const elsewhere = await open(browser, stack.pageUrl)
  ;({ context, page } = elsewhere)
  await signIn(page, user)
  await inList(page, banana.name)
  assert.deepEqual(await download(page.getByRole('row').filter({ hasText: banana.name })), { name: banana.name, bytes: banana.bytes })
})

test('the newest file is first, and the notice of a list that failed goes away when it works', async () => {
  const user = await admin.addUser('sorter', PASSWORD)
  await signIn(page, user)
  await signedIn(page, user.username)
  for (const name of ['older.txt', 'newer.txt']) {
    await choose(page, await files.file(name, name))
    await startUpload(page)
    await inList(page, name)
    await page.getByRole('button', { name: 'Done' }).click()
  }
  const first = page.getByRole('row').nth(1)
  await first.getByText('newer.txt').waitFor()
  const route = '**/generate-presigned-download-url'
  const problem = { title: 'Forbidden', status: 403, detail: 'not now', code: 'Test', requestId: 'R1' }
  await page.route(route, (route) => (route.request().method() === 'OPTIONS' ? route.continue() : route.fulfill({
    status: 403, json: problem, headers: { 'Access-Control-Allow-Origin': '*' },
  })))
  await page.getByRole('button', { name: 'Refresh' }).click()
  const notice = page.getByText('not now (Test) Request ID: R1.')
  await notice.waitFor()
  complaints.length = 0 // the browser reports the refusal that this test made
  await page.unroute(route)
  await page.getByRole('button', { name: 'Refresh' }).click()
  await notice.waitFor({ state: 'hidden' })
})

test('every page of a long list is read', async () => {
  const user = await admin.addUser('collector', PASSWORD)
  await page.route((url) => url.searchParams.get('list-type') === '2', (route) => {
    const last = new URL(route.request().url()).searchParams.has('continuation-token')
    const key = `<Contents><Key>collector/${last ? 2 : 1}-${last ? 'second' : 'first'}.txt</Key><Size>1</Size><LastModified>2026-01-01T00:00:00Z</LastModified></Contents>`
    const more = last ? '' : '<NextContinuationToken>more</NextContinuationToken>'
    return route.fulfill({
      contentType: 'application/xml', headers: { 'Access-Control-Allow-Origin': '*' },
      body: `<ListBucketResult>${key}${more}</ListBucketResult>`,
    })
  })
  await signIn(page, user)
  await inList(page, 'first.txt')
  await inList(page, 'second.txt')
})

test('nobody sees the files of another user', async () => {
  await signIn(page, await admin.addUser('stranger', PASSWORD))
  await signedIn(page, 'stranger')
  await page.getByText('No files yet').waitFor()
})

test('a download during an upload stops neither', async () => {
  const user = await admin.addUser('busy', PASSWORD)
  await signIn(page, user)
  await signedIn(page, user.username)
  await choose(page, banana)
  await startUpload(page)
  await inList(page, banana.name)
  const movie = await files.file('movie.mp4', Buffer.alloc(20 * 1024 * 1024, 'm'))
  await limitUpload(page, 2 * 1024 * 1024)
  await page.getByRole('button', { name: 'Done' }).click()
  await choose(page, movie)
  const begun = page.waitForRequest(/partNumber=1/)
  await startUpload(page)
  await begun
  assert.deepEqual(await download(page.getByRole('row').filter({ hasText: banana.name })), { name: banana.name, bytes: banana.bytes })
  await limitUpload(page, -1)
  await inList(page, movie.name)
})
