import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'

import { choose, inList, limitUpload, open, partDone, screenshot, signIn, signedIn, startUpload } from './browser.js'
import { PASSWORD, setUp } from './setup.js'

let stack, admin, browser, files, close

before(async () => {
  ;({ stack, admin, browser, files, close } = await setUp('local-assembly'))
})
after(() => close?.())

// What a new user does in the first minutes, each time with a fresh profile of the browser.
test('five files of different kinds go up, over a closed tab, and are found, seen, downloaded and deleted elsewhere', async () => {
  const user = await admin.addUser('newcomer', PASSWORD)
  const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')
  const small = [
    await files.file('holiday ☀.png', png), await files.file('letter.pdf', '%PDF-1.4'),
    await files.file('numbers.csv', 'a,b\n1,2\n'), await files.file('page.html', '<h1>hello</h1>'),
  ]
  const movie = await files.file('film.mp4', randomBytes(40 * 1024 * 1024))

  const first = await open(browser, stack.pageUrl)
  await signIn(first.page, user)
  await signedIn(first.page, user.username)
  await choose(first.page, ...small, movie)
  await limitUpload(first.page, 16 * 1024 * 1024)
  const begun = partDone(first.page, 1)
  await startUpload(first.page)
  await begun
  for (const { name } of small) await inList(first.page, name)
  await screenshot(first.page, 'walk-1-before-closing')
  await first.page.close() // a crash asks nothing

  const page = await first.context.newPage()
  await page.goto(stack.pageUrl)
  await signIn(page, user) // a tab's sign-in ends with it
  await page.getByText(`Not finished: ${movie.name}.`).waitFor()
  await screenshot(page, 'walk-2-reopened')
  await choose(page, movie)
  await startUpload(page)
  await inList(page, movie.name)
  await screenshot(page, 'walk-3-finished')

  const phone = await open(browser, stack.pageUrl, { viewport: { width: 375, height: 740 } })
  await signIn(phone.page, user)
  for (const { name } of [...small, movie]) await inList(phone.page, name)
  await screenshot(phone.page, 'walk-4-phone')
  await phone.page.getByRole('button', { name: `Preview: ${small[0].name}` }).click()
  await phone.page.getByRole('dialog').locator('img').waitFor()
  await screenshot(phone.page, 'walk-5-preview', false)
  await phone.page.keyboard.press('Escape')
  const saving = phone.page.waitForEvent('download')
  await phone.page.getByRole('button', { name: `Download: ${movie.name}` }).click()
  assert.ok((await readFile(await (await saving).path())).equals(movie.bytes))
  await phone.page.getByRole('button', { name: `Delete: ${small[3].name}` }).click()
  await phone.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await phone.page.getByText('4 files', { exact: true }).waitFor()
  await phone.page.getByRole('button', { name: 'Sign out' }).click()
  await phone.page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await screenshot(phone.page, 'walk-6-signed-out', false)

  await page.getByRole('button', { name: 'Refresh' }).click()
  await page.getByText('4 files', { exact: true }).waitFor()
  const stored = await admin.objects(`${user.username}/`)
  assert.deepEqual(stored.map(({ bytes }) => bytes.length).sort((a, b) => a - b), [...small.slice(0, 3), movie].map(({ bytes }) => bytes.length).sort((a, b) => a - b))
  assert.deepEqual([...first.complaints, ...phone.complaints], [])
  await first.context.close()
  await phone.context.close()
})
