import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { newestFirst } from '../src/listing.js'

const NOW = Date.UTC(2026, 10, 28)
const DAY = 24 * 3600 * 1000

/** S3's list of objects of these times, 1,000 a page, oldest first. */
function bucket(times) {
  const keys = times.map((time) => `johndoe/${time}-a.txt`).sort()
  let requests = 0
  const readPage = async (startAfter = '') => {
    requests++
    const rest = keys.slice(keys.findLastIndex((key) => key <= startAfter) + 1)
    return { objects: rest.slice(0, 1000).map((key) => ({ key, size: 1, uploaded: new Date(0) })), more: rest.length > 1000 }
  }
  return { listing: newestFirst(readPage, () => NOW), newest: keys.toReversed(), requests: () => requests }
}

const spread = (count, from, to) => Array.from({ length: count }, (_, i) => Math.floor(from + ((to - from) * i) / count))

describe('the newest objects', () => {
  const YEAR = 365 * DAY
  // times, most requests until the first 50 are known
  const rows = [
    ['none', [], 1],
    ['1,000', spread(1000, NOW - YEAR, NOW), 1],
    ['10,000 over a year', spread(10_000, NOW - YEAR, NOW), 4],
    ['100,000 over three years', spread(100_000, NOW - 3 * YEAR, NOW), 4],
    ['100,000 within an hour', spread(100_000, NOW - 3600_000, NOW), 10],
    ['100,000 of five years ago', spread(100_000, NOW - 5 * YEAR, NOW - 4.9 * YEAR), 20],
    ['10,000 of five years ago and one of today', [...spread(10_000, NOW - 5 * YEAR, NOW - 4 * YEAR), NOW - 1], 12],
    ['a burst of 5,000, one a millisecond', [...spread(5000, NOW - YEAR, NOW - YEAR / 2), ...spread(5000, NOW - 5000, NOW)], 14],
  ]
  for (const [which, times, most] of rows) {
    test(`of ${which} take at most ${most} requests`, async () => {
      const { listing, newest, requests } = bucket(times)
      await listing.read()
      const keys = listing.all().map(({ key }) => key)
      assert.deepEqual(keys, newest.slice(0, keys.length))
      assert.ok(keys.length >= Math.min(50, times.length), `${keys.length} objects`)
      assert.ok(requests() <= most, `${requests()} requests`)
    })
  }

  test('and, step by step, all others are found, none is left out', async () => {
    const { listing, newest } = bucket([...spread(3000, NOW - 900 * DAY, NOW - 800 * DAY), ...spread(3000, NOW - 9 * DAY, NOW)])
    await listing.read()
    while (!listing.complete()) await listing.older()
    assert.deepEqual(listing.all().map(({ key }) => key), newest)
  })
})

test('an upload appears without a request', async () => {
  const { listing, requests } = bucket([NOW - DAY])
  await listing.read()
  listing.add({ key: `johndoe/${NOW}-b.txt`, size: 1, uploaded: new Date(NOW) })
  assert.deepEqual(listing.all().map(({ key }) => key), [`johndoe/${NOW}-b.txt`, `johndoe/${NOW - DAY}-a.txt`])
  assert.equal(requests(), 1)
})
