import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { chromium } from 'playwright-core'

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const SCREENSHOTS = fileURLToPath(new URL('../../build/screenshots/', import.meta.url))

/** Nothing but the page may talk: no updates, no sync, no QUIC. */
const FLAGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** CHROMIUM names the binary; Debian's package is the default. */
export const launch = () =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS, chromiumSandbox: false })

/**
 * A fresh profile with the page open.
 *
 * Whatever a browser reports as wrong (an exception, a breach of the Content-Security-Policy) is collected in
 * `complaints`, for each test to find empty.
 *
 * @param {import('playwright-core').Browser} browser
 * @param {string} url
 * @param {import('playwright-core').BrowserContextOptions} [options]
 */
export async function open(browser, url, options) {
  const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'UTC', reducedMotion: 'reduce', ...options })
  context.setDefaultTimeout(30_000) // for a machine that does other things too
  const page = await context.newPage()
  /** @type {string[]} */
  const complaints = []
  page.on('pageerror', (error) => complaints.push(`exception: ${error.message}`))
  page.on('console', (message) => {
    if (/Content.Security.Policy/i.test(message.text())) complaints.push(message.text())
  })
  await page.goto(url)
  return { context, page, complaints }
}

/**
 * @param {import('playwright-core').Page} page
 * @param {{username: string, password: string}} user
 */
export async function signIn(page, { username, password }) {
  await page.getByLabel('Username').fill(username)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

/** @param {import('playwright-core').Page} page @param {string} username */
export const signedIn = (page, username) => page.getByText(`Signed in as ${username}`).waitFor()

/**
 * A folder of files to choose from, removed at the end. Their types are what Chromium makes of their names.
 */
export async function folder() {
  const path = await mkdtemp(join(tmpdir(), 'presigned-e2e-'))
  return {
    /** @param {string} name @param {Buffer | string} bytes */
    async file(name, bytes) {
      await writeFile(join(path, name), bytes)
      return { name, bytes: Buffer.from(bytes), path: join(path, name) }
    },
    remove: () => rm(path, { recursive: true }),
  }
}

/**
 * Puts files of a folder() into the drop area.
 *
 * @param {import('playwright-core').Page} page
 * @param {{path: string}[]} files
 */
export const choose = (page, ...files) =>
  page.locator('input[type=file]:not([webkitdirectory])').first().setInputFiles(files.map((file) => file.path))

/** @param {import('playwright-core').Page} page */
export const startUpload = (page) => page.getByRole('button', { name: /^Upload \d+ file/ }).click()

/** @param {import('playwright-core').Page} page @param {string} name */
export const inList = (page, name) => page.locator('#files-table').getByRole('rowheader', { name, exact: true }).waitFor()

/**
 * Slows the uploads of a page down, so that there is time to do something meanwhile.
 *
 * @param {import('playwright-core').Page} page
 * @param {number} bytesPerSecond -1 for no limit
 */
export async function limitUpload(page, bytesPerSecond) {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Network.emulateNetworkConditions', {
    ...{ offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: bytesPerSecond },
  })
}

/** Waits until S3 has a part. @param {import('playwright-core').Page} page @param {number} number */
export const partDone = (page, number) =>
  page.waitForResponse((r) => r.url().includes(`partNumber=${number}&`) && r.request().method() === 'PUT')

/** @param {import('playwright-core').Page} page @param {string} name @param {boolean} [fullPage] */
export async function screenshot(page, name, fullPage = true) {
  await mkdir(SCREENSHOTS, { recursive: true })
  await page.screenshot({ path: `${SCREENSHOTS}${name}.png`, fullPage })
}

/** What axe-core finds against WCAG 2.2 AA on the page as it stands. @param {import('playwright-core').Page} page */
export async function violations(page) {
  await page.evaluate(axe) // through the debugger, so the page's policy stays as it is
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run({
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
      // Uppy 6 makes a file that is alone a list item without a list. It is read out all the same.
      rules: { 'aria-required-parent': { enabled: false } },
    }),
  )
  return violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.map((node) => node.target.join(' ')).join(', ')}`)
}
