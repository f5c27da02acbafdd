import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'

import { signedAhead } from '../packages/presigned-upload/src/presigned-ahead.js'

const MIB = 1024 * 1024

/** Items 1 to count, of so many bytes each, from the given one on. */
const items = (count, bytes) => (first) =>
  Array.from({ length: count - first + 1 }, (_, i) => ({
    id: String(first + i), bytes, request: async () => ({ partNumber: first + i }),
  }))

/** An endpoint that remembers how many requests each post had. */
function endpoint({ maxBatch = 100, refused = {}, expires = 300 } = {}) {
  const posts = []
  let url = 0
  const answer = () => ({ status: 200, url: `https://bucket/${++url}?X-Amz-Expires=${expires}`, headers: {} })
  const presign = async ({ requests, partNumber }) => {
    posts.push(requests?.map((request) => request.partNumber) ?? [partNumber])
    if (!requests) return answer()
    if (requests.length > maxBatch) throw Object.assign(new Error('too large'), { code: 'BatchTooLarge', maxBatch })
    return { results: requests.map((request) => refused[request.partNumber] ?? answer()) }
  }
  return { posts, presign }
}

/** Takes items first to last, with that many milliseconds for each. */
async function send(t, take, upcoming, first, last, ms) {
  const urls = []
  for (let id = first; id <= last; id++) {
    urls.push((await take(String(id), upcoming(id))).url)
    t.mock.timers.tick(ms)
  }
  return urls
}

/** Each test of a suite has a clock of its own. */
const stopClock = () => beforeEach((t) => t.mock.timers.enable({ apis: ['Date'], now: Date.UTC(2026, 0, 1) }))

describe('a window', () => {
  stopClock()

  test('of 64 parts at a high rate takes at most 3 requests, and each URL is used once', async (t) => {
    const { posts, presign } = endpoint()
    const urls = await send(t, signedAhead(presign)(1), items(64, 16 * MIB), 1, 64, 100)
    assert.equal(new Set(urls).size, 64)
    assert.ok(posts.length <= 3, `${posts.length} requests`)
  })

  test('has at most 100 items', async (t) => {
    const { posts, presign } = endpoint()
    await send(t, signedAhead(presign)(1), items(250, 1), 1, 250, 1)
    assert.deepEqual(posts.map((post) => post.length), [100, 100, 50])
  })

  test('holds what is sent within two minutes at the measured rate', async (t) => {
    const { posts, presign } = endpoint()
    await send(t, signedAhead(presign)(1), items(40, 16 * MIB), 1, 20, 20_000) // 0.8 MiB/s: 6 parts in two minutes
    assert.deepEqual(posts.map((post) => post.length), [7, 6, 6, 6])
  })

  test('has its first item even if that takes longer', async (t) => {
    const { posts, presign } = endpoint()
    await send(t, signedAhead(presign)(1), items(3, 5000 * MIB), 1, 3, 3_600_000)
    assert.deepEqual(posts, [[1], [2], [3]])
  })

  test('is bounded by what the stage takes', async (t) => {
    const { posts, presign } = endpoint({ maxBatch: 10 })
    await send(t, signedAhead(presign)(1), items(30, 1), 1, 30, 1)
    assert.deepEqual(posts.map((post) => post.length), [30, 10, 10, 10])
  })

  test('of a stage without batches is one item', async (t) => {
    const { posts, presign } = endpoint({ maxBatch: 1 })
    const urls = await send(t, signedAhead(presign)(1), items(4, 1), 1, 4, 1)
    assert.equal(new Set(urls).size, 4)
    assert.deepEqual(posts, [[1, 2, 3, 4], [1], [2], [3], [4]])
  })
})

describe('the rate', () => {
  stopClock()

  test('does not count files that are still on their way', async () => {
    const { posts, presign } = endpoint()
    const take = signedAhead(presign)(6)
    await Promise.all([1, 2, 3, 4, 5, 6].map((id) => take(String(id), items(50, 30 * MIB)(id))))
    assert.deepEqual(posts.map((post) => post.length), [4, 4])
  })

  test('is not taken from a long idle time', async (t) => {
    const { posts, presign } = endpoint()
    const take = signedAhead(presign)(1)
    await take('1', items(1, 1)(1))
    t.mock.timers.tick(3_600_000)
    await take('2', items(51, 16 * 1024)(2))
    assert.deepEqual(posts.map((post) => post.length), [1, 50])
  })
})

describe('URLs signed ahead', () => {
  stopClock()

  test('are signed again, together, after a pause of ten minutes', async (t) => {
    const { posts, presign } = endpoint()
    const take = signedAhead(presign)(1)
    const upcoming = items(20, MIB)
    const before = await send(t, take, upcoming, 1, 5, 100)
    t.mock.timers.tick(600_000)
    const after = await send(t, take, upcoming, 6, 20, 100)
    assert.equal(new Set([...before, ...after]).size, 20)
    assert.ok(posts.length <= 4, `${posts.length} requests`)
    assert.equal(posts[0].length, 20)
    assert.equal(posts[1][0], 6)
  })

  for (const [ms, posts] of [[269_000, 1], [270_000, 2]]) {
    test(`that end in ${300 - ms / 1000} s take ${posts} requests`, async (t) => {
      const fake = endpoint()
      const take = signedAhead(fake.presign)(1)
      await take('1', items(2, 1)(1))
      t.mock.timers.tick(ms)
      await take('2', items(2, 1)(2))
      assert.equal(fake.posts.length, posts)
    })
  }

  test('are used at once even if they end soon', async () => {
    const { posts, presign } = endpoint({ expires: 10 })
    assert.match((await signedAhead(presign)(1)('1', items(1, 1)(1))).url, /X-Amz-Expires=10/)
    assert.equal(posts.length, 1)
  })

  test('serve those who ask at the same time', async () => {
    const { posts, presign } = endpoint()
    const take = signedAhead(presign)(1)
    await Promise.all([1, 2, 3, 4, 5, 6].map((id) => take(String(id), items(50, 1)(id))))
    assert.equal(posts.length, 1)
  })
})

describe('a refusal', () => {
  stopClock()

  const problem = { status: 415, detail: 'no', code: 'ContentTypeNotAllowed', requestId: 'r' }

  test('in a batch is told to the one who asked for it, and to nobody else', async () => {
    const { posts, presign } = endpoint({ refused: { 2: problem } })
    const take = signedAhead(presign)(1)
    await take('1', items(3, 1)(1))
    await assert.rejects(take('2', items(3, 1)(2)), { message: 'no (ContentTypeNotAllowed)', status: 415, code: problem.code, requestId: 'r' })
    await take('3', items(3, 1)(3))
    assert.equal(posts.length, 1)
  })

  for (const status of [429, 500, 503]) {
    test(`with status ${status} in a batch is asked for again alone`, async () => {
      const { posts, presign } = endpoint({ refused: { 2: { ...problem, status } } })
      const take = signedAhead(presign)(1)
      await take('1', items(3, 1)(1))
      await take('2', items(3, 1)(2))
      assert.deepEqual(posts, [[1, 2, 3], [2]])
    })
  }

  test('of a whole batch is not remembered', async () => {
    const { presign } = endpoint()
    let fail = true
    const take = signedAhead((request) => (fail ? Promise.reject(new Error('session')) : presign(request)))(1)
    await assert.rejects(take('1', items(3, 1)(1)), /session/)
    fail = false
    await take('2', items(3, 1)(2))
  })

  test('of the browser to read a file leaves the others', async () => {
    const { posts, presign } = endpoint()
    const take = signedAhead(presign)(1)
    const all = items(3, 1)(1)
    all[1].request = async () => { throw new DOMException('gone', 'NotReadableError') }
    await take('1', all)
    await assert.rejects(take('2', all.slice(1)), { name: 'NotReadableError' })
    await take('3', all.slice(2))
    assert.deepEqual(posts, [[1, 3]])
  })
})
