import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, afterEach, before, beforeEach, test } from 'node:test'

import { choose, inList, startUpload } from './browser.js'
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
  ;({ context, page, complaints, proxy, user } = await openBehindProxy({ stack, admin, browser }, `sender-${++users}`))
})
afterEach(async () => {
  await context.close()
  proxy.stop()
  assert.deepEqual(complaints, [])
})

for (const [part, length] of [['1', 3 * PART_BYTES], ['2', 3 * PART_BYTES], ['3', 2 * PART_BYTES + 5], ['', MIB]]) {
  test(`a byte that is flipped on the way is refused and sent again: ${part ? `part ${part}` : 'a small file'}`, async () => {
    const movie = await files.file(`flipped-${part}.mp4`, randomBytes(length))
    proxy.flip(part)
    await choose(page, movie)
    await startUpload(page)
    await inList(page, movie.name)
    assert.equal(proxy.puts().filter((one) => one === part).length, 2)
    const objects = await admin.objects(`${user.username}/`)
    assert.equal(objects.length, 1)
    assert.ok(objects[0].bytes.equals(movie.bytes))
  })
}
