import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

import { build } from 'vite'

import { choose, folder, launch, open, startUpload } from './browser.js'
import { administrator, startStack, tokenOf } from './stack.js'

test("the packages' React example uploads a file", async (t) => {
  await build({ root: fileURLToPath(new URL('react-app/', import.meta.url)), base: './', build: { outDir: '../../../build/react-app', emptyOutDir: true }, logLevel: 'error' })
  const stack = await startStack('local-assembly', 'build/react-app')
  t.after(() => stack.stop())
  const browser = await launch()
  t.after(() => browser.close())
  const files = await folder()
  t.after(() => files.remove())
  const { page, context, complaints } = await open(browser, stack.pageUrl)
  await page.evaluate((token) => sessionStorage.setItem('token', token), await tokenOf(stack))
  const banana = await files.file('banana.json', '{"fruit": "banana"}')
  await choose(page, banana)
  await startUpload(page)
  const status = page.locator('#stored')
  await status.getByText('banana.json').waitFor()
  const [{ key, bytes }] = await administrator(stack).objects(`${stack.username}/`)
  assert.equal(key, await status.innerText())
  assert.ok(bytes.equals(banana.bytes))
  assert.deepEqual(complaints, [])
  await context.close()
})
