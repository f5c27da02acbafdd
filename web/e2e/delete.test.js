import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, test } from 'node:test'

import { choose, inList, open, screenshot, signIn, signedIn, startUpload, violations } from './browser.js'
import { PASSWORD, setUp } from './setup.js'


let stack, admin, browser, files, close, context, page, complaints

before(async () => {
  ;({ stack, admin, browser, files, close } = await setUp('local-assembly'))
})
after(() => close?.())
beforeEach(async () => {
  ;({ context, page, complaints } = await open(browser, stack.pageUrl))
})
afterEach(async () => {
  await context.close()
  assert.deepEqual(complaints, [])
})

const names = () => page.locator('#files-table tbody th').allInnerTexts()
const remove = (name) => page.getByRole('button', { name: `Delete: ${name}` })
const question = () => page.getByRole('dialog')

/** A user with three files. */
async function withThree(username) {
  const user = await admin.addUser(username, PASSWORD)
  await signIn(page, user)
  await signedIn(page, user.username)
  for (const name of ['a.txt', 'b.txt', 'c.txt']) {
    await choose(page, await files.file(name, name))
    await startUpload(page)
    await inList(page, name)
    await page.getByRole('button', { name: 'Done' }).click()
  }
  return () => admin.objects(`${user.username}/`).then((all) => all.map(({ bytes }) => bytes.toString()))
}

test('deleting asks first; the object and its row go, and nothing is listed again', async () => {
  const stored = await withThree('cleaner')
  await remove('b.txt').click()
  await question().getByRole('heading', { name: 'Delete b.txt?' }).waitFor()
  await screenshot(page, 'delete', false)
  assert.deepEqual(await violations(page), [])
  await question().getByRole('button', { name: 'Cancel' }).click()
  await question().waitFor({ state: 'hidden' })
  assert.deepEqual(await stored(), ['a.txt', 'b.txt', 'c.txt'])
  const listed = []
  page.on('request', (request) => request.url().includes('list-type') && listed.push(request.url()))
  await remove('b.txt').click()
  await question().getByRole('button', { name: 'Delete' }).click()
  await remove('b.txt').waitFor({ state: 'detached' })
  assert.deepEqual(await names(), ['c.txt', 'a.txt'])
  await page.getByText('2 files', { exact: true }).waitFor()
  assert.deepEqual(await stored(), ['a.txt', 'c.txt'])
  assert.deepEqual(listed, [])
})

test('deleting works by keyboard, and the focus stays where it was', async () => {
  const stored = await withThree('typist')
  const focused = (name) => remove(name).evaluate((one) => one === document.activeElement)
  await remove('c.txt').focus()
  await page.keyboard.press('Enter')
  await question().waitFor()
  await page.keyboard.press('Escape')
  await question().waitFor({ state: 'hidden' })
  assert.ok(await focused('c.txt'), 'after Escape')
  await page.keyboard.press('Enter')
  await question().waitFor()
  await page.keyboard.press('Enter') // Cancel has the focus: nothing is lost by a key that was held
  await question().waitFor({ state: 'hidden' })
  assert.equal((await stored()).length, 3)
  for (const next of ['b.txt', 'a.txt']) {
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.waitForFunction((name) => document.activeElement?.ariaLabel === `Delete: ${name}`, next)
  }
  assert.deepEqual(await stored(), ['a.txt'])
})

test('deleting that fails leaves the row, and says what to do', async () => {
  await withThree('unlucky')
  await page.route(`${stack.s3Url}/**`, (route) => (route.request().method() !== 'DELETE' ? route.continue() : route.fulfill({
    status: 503, headers: { 'Access-Control-Allow-Origin': '*' }, body: '<Error><Code>SlowDown</Code><RequestId>R1</RequestId></Error>',
  })))
  await remove('a.txt').click()
  await question().getByRole('button', { name: 'Delete' }).click()
  const notice = page.getByText('S3 is busy. Wait a little and retry. Request ID: R1.')
  await notice.waitFor()
  assert.ok(await notice.evaluate((one) => one.getBoundingClientRect().top >= 0), 'it is on the screen')
  assert.equal((await names()).length, 3)
  await page.unroute(`${stack.s3Url}/**`)
  await remove('a.txt').click()
  await question().getByRole('button', { name: 'Delete' }).click()
  await remove('a.txt').waitFor({ state: 'detached' })
  await notice.waitFor({ state: 'hidden' })
})
