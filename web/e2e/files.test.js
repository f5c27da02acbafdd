import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, afterEach, before, beforeEach, test } from 'node:test'

import { choose, inList, limitUpload, open, screenshot, signIn, signedIn, startUpload, violations } from './browser.js'
import { PASSWORD, setUp } from './setup.js'


let stack, admin, browser, files, close, banana, context, page, complaints

before(async () => {
  ;({ stack, admin, browser, files, close } = await setUp('local-assembly'))
  banana = await files.file('Bañana & co.json', '{"fruit": "banana"}')
})
after(() => close?.())
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

const MONTH_MS = 30 * 24 * 3600 * 1000

/** Answers for S3 with that many objects of the last three years; counts the lists. */
async function manyObjects(username, count) {
  const now = Date.now()
  const keys = Array.from({ length: count }, (_, i) => `${username}/${now - Math.floor((36 * MONTH_MS * (count - i)) / count)}-file ${i + 1}.txt`)
  let lists = 0
  await page.route((url) => url.searchParams.get('list-type') === '2', (route) => {
    lists++
    const after = new URL(route.request().url()).searchParams.get('start-after') ?? ''
    const rest = keys.slice(keys.findLastIndex((key) => key <= after) + 1)
    const contents = rest.slice(0, 1000).map((key) => `<Contents><Key>${key}</Key><Size>1</Size><LastModified>2026-01-01T00:00:00Z</LastModified></Contents>`)
    return route.fulfill({
      contentType: 'application/xml', headers: { 'Access-Control-Allow-Origin': '*' },
      body: `<ListBucketResult><IsTruncated>${rest.length > 1000}</IsTruncated>${contents.join('')}</ListBucketResult>`,
    })
  })
  return { lists: () => lists }
}

for (const count of [10_000, 100_000]) {
  test(`the newest of ${count} objects are found in a few lists, and those before them on demand`, async () => {
    const user = await admin.addUser(`collector-${count}`, PASSWORD)
    const { lists } = await manyObjects(user.username, count)
    await signIn(page, user)
    await inList(page, `file ${count}.txt`)
    assert.ok(lists() <= 6, `${lists()} lists`)
    await page.getByText('there are older ones').waitFor()
    await screenshot(page, `many-${count}`)
    const before = lists()
    await choose(page, banana)
    await startUpload(page)
    await inList(page, banana.name)
    assert.equal(lists(), before, 'a new upload appears without a list')
    const oldest = await page.getByRole('row').last().innerText()
    for (let clicks = 0; clicks < 3; clicks++) await page.getByRole('button', { name: /^(Show more|Look for older files)$/ }).click()
    await page.waitForFunction((text) => document.querySelector('#files-table').rows.length > 100 && !document.querySelector('#files-table').innerText.endsWith(text), oldest)
  })
}

test('a file is found by its name, and the order is chosen', async () => {
  const user = await admin.addUser('seeker', PASSWORD)
  await signIn(page, user)
  await signedIn(page, user.username)
  for (const [name, length] of [['b small.txt', 1], ['a large.txt', 9000]]) {
    await choose(page, await files.file(name, Buffer.alloc(length, 'x')))
    await startUpload(page)
    await inList(page, name)
    await page.getByRole('button', { name: 'Done' }).click()
  }
  const names = () => page.locator('#files-table tbody th').allInnerTexts()
  assert.deepEqual(await names(), ['a large.txt', 'b small.txt'])
  await choose(page, await files.file('c.txt', 'c'))
  await startUpload(page)
  await inList(page, 'c.txt')
  await page.getByLabel('Order').selectOption('By name')
  assert.deepEqual(await names(), ['a large.txt', 'b small.txt', 'c.txt'])
  await page.getByLabel('Search').fill('SMALL')
  assert.deepEqual(await names(), ['b small.txt'])
  await page.getByText('1 of 3 files').waitFor()
  assert.deepEqual(await violations(page), [])
})

test('images, videos and PDFs are shown in the page; HTML and SVG are not', async () => {
  const user = await admin.addUser('viewer', PASSWORD)
  await signIn(page, user)
  await signedIn(page, user.username)
  const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')
  const run = '<script>parent.injected = true; window.injected = true</script>'
  const shown = [
    await files.file('dot.png', png), await files.file('clip.mp4', 'no video'), await files.file('paper.pdf', '%PDF-1.4'), await files.file('disguised.png', run),
  ]
  const hidden = [await files.file('page.html', run), await files.file('drawing.svg', `<svg xmlns="http://www.w3.org/2000/svg">${run}</svg>`)]
  await choose(page, ...shown, ...hidden)
  await startUpload(page)
  for (const { name } of [...shown, ...hidden]) await inList(page, name)
  const preview = page.getByRole('dialog')
  for (const [{ name }, element, type] of [[shown[0], 'img', 'image/png'], [shown[1], 'video', 'video/mp4'], [shown[2], 'iframe', 'application/pdf'], [shown[3], 'img', 'image/png']]) {
    await page.getByRole('button', { name: `Preview: ${name}` }).click()
    await preview.getByRole('heading', { name }).waitFor()
    const url = await preview.locator(element).getAttribute('src')
    assert.match(url, /^blob:/)
    assert.equal(await page.evaluate((url) => fetch(url).then((r) => r.headers.get('content-type'), () => 'refused'), url).then((got) => (got === 'refused' ? type : got)), type)
    if (name === 'dot.png') {
      await page.waitForFunction(() => document.querySelector('#preview img').naturalWidth === 1)
      await screenshot(page, 'preview')
      assert.deepEqual(await violations(page), [])
    }
    await page.keyboard.press('Escape')
    await preview.waitFor({ state: 'hidden' })
  }
  for (const { name } of hidden) assert.equal(await page.getByRole('button', { name: `Preview: ${name}` }).count(), 0)
  assert.equal(await page.evaluate(() => 'injected' in window), false)
  complaints.length = 0 // of the fetch by this test, which the policy refuses
})

test('the link that is copied downloads the file', async () => {
  const user = await admin.addUser('sharer', PASSWORD)
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await signIn(page, user)
  await signedIn(page, user.username)
  await choose(page, banana)
  await startUpload(page)
  await inList(page, banana.name)
  await page.getByRole('button', { name: `Copy link: ${banana.name}` }).click()
  await page.getByText('is copied. Whoever has it can download the file for five minutes.').waitFor()
  const link = await page.evaluate(() => navigator.clipboard.readText())
  assert.deepEqual(Buffer.from(await (await fetch(link)).arrayBuffer()), banana.bytes)
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
