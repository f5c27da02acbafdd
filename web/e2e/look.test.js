import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'

import { choose, inList, limitUpload, open, partDone, screenshot, signIn, signedIn, startUpload, violations } from './browser.js'
import { PASSWORD, setUp } from './setup.js'

const DEVICES = { desk: { width: 1280, height: 800 }, phone: { width: 375, height: 740 } }

let stack, admin, browser, files, close, pictures

before(async () => {
  ;({ stack, admin, browser, files, close } = await setUp('local-assembly'))
  pictures = [
    await files.file('harbour at dawn.svg', drawing('#f4a259', '#2b4570')),
    await files.file('forest.svg', drawing('#8cb369', '#1b4332')),
    await files.file('measurements 2026-11.csv', 'time,value\n2026-11-24,42\n'.repeat(400)),
  ]
})
after(() => close?.())

/** @param {string} sky @param {string} ground */
const drawing = (sky, ground) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="480"><rect width="640" height="480" fill="${sky}"/>` +
  `<circle cx="470" cy="150" r="60" fill="#fff4d6"/><path d="M0 480V330l160-110 150 120 130-90 200 130v100z" fill="${ground}"/></svg>`

/** @param {import('playwright-core').Page} page */
const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)

/** @type {[string, import('playwright-core').BrowserContextOptions, 'ltr' | 'rtl'][]} */
const LOOKS = Object.entries(DEVICES).flatMap(([device, viewport]) => [
  [`light-${device}`, { viewport, locale: 'en-US', colorScheme: 'light' }, 'ltr'],
  [`dark-${device}`, { viewport, locale: 'en-US', colorScheme: 'dark' }, 'ltr'],
  [`rtl-${device}`, { viewport, locale: 'ar-EG', colorScheme: 'light' }, 'rtl'], // as a browser that translates the page sets it
])
for (const [which, options, dir] of LOOKS) {
  test(`the page is accessible and fits: ${which}`, async () => {
    const user = await admin.addUser(which, PASSWORD)
    const { context, page } = await open(browser, stack.pageUrl, options)
    await page.evaluate((dir) => (document.documentElement.dir = dir), dir)
    /** @param {string} moment */
    const look = async (moment) => {
      await screenshot(page, `${moment}-${which}`)
      assert.deepEqual(await violations(page), [], moment)
      assert.equal(await overflow(page), 0, `${moment}: nothing is wider than the screen`)
    }
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await look('1-sign-in')
    await signIn(page, user)
    await signedIn(page, user.username)
    await page.getByText('No files yet').waitFor()
    await look('2-empty')
    await choose(page, ...pictures)
    await page.locator('.uppy-Dashboard-Item-previewImg').nth(1).waitFor()
    await look('3-chosen')
    await startUpload(page)
    for (const { name } of pictures) await inList(page, name)
    await page.getByText('Complete', { exact: true }).waitFor()
    await look('4-uploaded')
    const dates = await page.locator('#files-table time').evaluateAll((all) => all.map((one) => one.offsetHeight < 30))
    assert.deepEqual(dates, [true, true, true], 'dates take one line')
    await context.close()
  })
}

for (const [device, viewport] of Object.entries(DEVICES)) test(`the page is accessible while an upload is under way: ${device}`, async () => {
  const { context, page } = await open(browser, stack.pageUrl, { viewport })
  const user = await admin.addUser(`hikari-${device}`, PASSWORD)
  await signIn(page, user)
  await signedIn(page, user.username)
  await choose(page, ...pictures)
  await startUpload(page)
  for (const { name } of pictures) await inList(page, name)
  await page.getByRole('button', { name: 'Done' }).click()
  await choose(page, pictures[0], await files.file('ferry crossing.mp4', Buffer.alloc(24 * 1024 * 1024)))
  await limitUpload(page, 4 * 1024 * 1024)
  const first = partDone(page, 1)
  await startUpload(page)
  await first
  await screenshot(page, `5-under-way-${device}`)
  const box = (selector) => page.locator(selector).boundingBox()
  const [status, pause] = [await box('.uppy-StatusBar-statusSecondary'), await box('.uppy-StatusBar-actions')]
  assert.ok(status.x + status.width <= pause.x, 'the controls leave the status free')
  const [bar, text] = [await box('.uppy-StatusBar'), await box('.uppy-StatusBar-status')]
  const [above, below] = [text.y - bar.y, bar.y + bar.height - text.y - text.height]
  assert.ok(above >= 4 && below >= 4, `the status has ${above} and ${below} px around it, want 4`)
  assert.match(await page.locator('.uppy-StatusBar-statusSecondary').innerText(), /1 of 2 files uploaded · .* of 24 MB · keep this page open$/)
  assert.equal(await overflow(page), 0)
  assert.deepEqual(await violations(page), [])
  await context.close()
})

/** The share of pixels that differ by more than their edges, of two pictures of one size. @param {string[]} paths */
async function difference(...paths) {
  const urls = await Promise.all(paths.map(async (path) => `data:image/png;base64,${await readFile(new URL(`../../${path}`, import.meta.url), 'base64')}`))
  const page = await browser.newPage()
  const share = await page.evaluate(async (urls) => {
    const [one, other] = await Promise.all(urls.map(async (url) => {
      const image = await createImageBitmap(await (await fetch(url)).blob())
      const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d')
      canvas.drawImage(image, 0, 0)
      return canvas.getImageData(0, 0, image.width, image.height)
    }))
    if (one.width !== other.width || one.height !== other.height) return 1
    let differ = 0
    for (let i = 0; i < one.data.length; i += 4) if (Math.abs(one.data[i] - other.data[i]) > 64) differ++
    return differ / (one.data.length / 4)
  }, urls)
  await page.close()
  return share
}

test("the README's pictures are of this page", async () => {
  for (const [taken, kept] of [['5-under-way-desk', 'page'], ['5-under-way-phone', 'phone']]) {
    const share = await difference(`build/screenshots/${taken}.png`, `docs/images/${kept}.png`)
    assert.ok(share < 0.004, `docs/images/${kept}.png differs in ${(share * 100).toFixed(2)} % of its pixels: make pictures takes it again`)
  }
})

test('a hundred chosen files are one stop of the Tab key, and arrow keys go through them', async () => {
  const user = await admin.addUser('typist', PASSWORD)
  const { context, page } = await open(browser, stack.pageUrl)
  await signIn(page, user)
  await signedIn(page, user.username)
  await choose(page, ...(await Promise.all(Array.from({ length: 100 }, (_, i) => files.file(`${i}.txt`, `${i}`)))))
  const remove = page.getByRole('button', { name: /^Remove file/ })
  await remove.nth(1).waitFor()
  await remove.first().focus()
  await page.keyboard.press('ArrowDown')
  assert.equal(await remove.nth(1).evaluate((one) => one === document.activeElement), true)
  assert.equal(await remove.nth(1).evaluate((one) => getComputedStyle(one).outlineStyle), 'solid', 'the ring is seen')
  await screenshot(page, 'focus-ring', false) // of the whole page it would change the size, and Uppy would draw again, without the focus
  const upload = page.getByRole('button', { name: 'Upload 100 files' })
  for (let tabs = 0; tabs < 3 && !(await upload.evaluate((one) => one === document.activeElement)); tabs++) await page.keyboard.press('Tab')
  assert.equal(await upload.evaluate((one) => one === document.activeElement), true)
  await context.close()
})
