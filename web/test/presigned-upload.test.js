import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { createUploads } from '../packages/presigned-upload/src/presigned-upload.js'
import { unfinishedUploads } from '../packages/presigned-upload/src/unfinished.js'
import { checksumOf, large, MIB, start } from './fake-stack.js'

const source = (id, data, type = 'image/png', name) => ({ id, data, type, name })
const text = (words) => new Blob([words])
const { signal } = new AbortController()

describe('a small file', () => {
  test('goes up in one PUT with its type, length, checksum and cleaned name', async (t) => {
    const { asked, sent, uploads } = start(t)
    const { key } = await uploads.upload(source('a', text('banana'), 'image/png', 'a\tb.png'), { signal })
    assert.deepEqual(asked, [{ operation: 'putObject', contentType: 'image/png', filename: 'a_b.png', contentLength: 6, checksumSHA256: checksumOf('banana') }])
    assert.equal(key, 'johndoe/1')
    assert.deepEqual(sent[0].headers, { 'X-Signed': 'yes' }, 'without those that a browser sets itself')
  })

  test('without a type is application/octet-stream', async (t) => {
    const { asked, uploads } = start(t)
    await uploads.upload(source('a', text('?'), ''), { signal })
    assert.equal(asked[0].contentType, 'application/octet-stream')
  })

  for (const failure of ['broken', [500, ''], [429, ''], [400, '<Error><Code>BadDigest</Code></Error>'], [400, '<Error><Code>IncompleteBody</Code></Error>']]) {
    test(`is sent again under the same key after ${failure}`, async (t) => {
      const { of, fail, uploads } = start(t)
      fail('putObject', failure)
      await uploads.upload(source('a', text('a')), { signal })
      assert.deepEqual(of('putObject').map(({ key }) => key), ['johndoe/1', 'johndoe/1'])
    })
  }

  for (const status of [403, 412]) {
    test(`takes another key after ${status}, once`, async (t) => {
      const { of, fail, uploads } = start(t)
      fail('putObject', [status, ''], [status, ''])
      await assert.rejects(uploads.upload(source('a', text('a')), { signal }), { status })
      assert.deepEqual(of('putObject').map(({ key }) => key), ['johndoe/1', 'johndoe/2'])
    })
  }

  test('is not sent again after another refusal', async (t) => {
    const { sent, fail, uploads } = start(t)
    fail('putObject', [400, '<Error><Code>EntityTooLarge</Code></Error>'])
    await assert.rejects(uploads.upload(source('a', text('a')), { signal }), { status: 400 })
    assert.equal(sent.length, 1)
  })
})

describe('parts', () => {
  // size, part size of the stage, parts, bytes of a part
  const rows = [
    [17 * MIB, 8 * MIB, 3, 8 * MIB],
    [16 * MIB, 8 * MIB, 2, 8 * MIB],
    [16 * MIB + 1, 8 * MIB, 3, 8 * MIB],
    [12 * MIB, 1 * MIB, 3, 5 * MIB], // S3 takes no part below 5 MiB but the last
    [10_001 * 8 * MIB, 8 * MIB, 10_000, Math.ceil((10_001 * 8 * MIB) / 10_000)], // S3 takes no more parts
  ]
  for (const [size, partSize, count, bytes] of rows) {
    test(`of ${size} bytes by ${partSize} are ${count}, each with its checksum`, async (t) => {
      const { asked, of, objects, uploads } = start(t, { answer: { partSize } })
      const { key } = await uploads.upload(source('a', large(size)), { signal })
      const parts = of('uploadPart')
      assert.equal(parts.length, count)
      assert.equal(parts[0].bytes, bytes)
      assert.ok(parts.every((part) => part.bytes === Number(part.contentLength) && part.checksumSHA256.length === 44))
      assert.equal(objects.get(key).size, size)
      assert.equal(asked.find((one) => one.operation === 'createMultipartUpload').checksumAlgorithm, 'SHA256')
    })
  }

  test('are begun by the URL that told their size: a file costs one createMultipartUpload', async (t) => {
    const { asked, uploads } = start(t)
    await uploads.upload(source('a', large(9 * MIB)), { signal })
    assert.equal(asked.filter((one) => one.operation === 'createMultipartUpload').length, 1)
  })

  const whole = [
    ['no larger than a part', 8 * MIB, {}],
    ['on a stage that takes none', 80 * MIB, { refuse: (r) => r.operation === 'createMultipartUpload' && { status: 403, code: 'OperationNotEnabled' } }],
    ['over the bound, which the endpoint refuses in its own words', 21 * MIB, { answer: { partSize: 8 * MIB, maxUploadBytes: 20 * MIB } }],
  ]
  for (const [which, size, options] of whole) {
    test(`are not made of a file ${which}`, async (t) => {
      const { of, uploads } = start(t, options)
      await uploads.upload(source('a', large(size)), { signal })
      await uploads.upload(source('b', large(size)), { signal })
      assert.deepEqual([of('putObject').length, of('createMultipartUpload').length], [2, 0])
    })
  }

  test('report progress up to the whole file', async (t) => {
    const { uploads } = start(t)
    const seen = []
    await uploads.upload(source('a', large(17 * MIB)), { signal, onProgress: (bytes) => seen.push(bytes / MIB) })
    assert.deepEqual(seen, [0, 8, 16, 17])
  })
})

describe('requests to the endpoint', () => {
  test('50 small files together take at most 2', async (t) => {
    const { posts, uploads, objects } = start(t)
    const files = Array.from({ length: 50 }, (_, i) => source(`f${i}`, text(`content ${i}`)))
    uploads.announce(files)
    await Promise.all(files.map((file) => uploads.upload(file, { signal })))
    assert.equal(objects.size, 50)
    assert.ok(posts.length <= 2, `${posts.length} requests`)
  })

  test('64 parts take at most 3, besides beginning and end', async (t) => {
    const { posts, uploads } = start(t, { answer: { partSize: 16 * MIB } })
    await uploads.upload(source('a', large(64 * 16 * MIB)), { signal })
    assert.ok(posts.length <= 5, `${posts.length} requests`)
  })
})

describe('a type that is refused', () => {
  for (const size of [1, 9 * MIB]) {
    test(`is replaced by the other one: ${size} bytes`, async (t) => {
      const { asked, uploads } = start(t, { refuse: ({ contentType }) => contentType === 'application/vnd.ms-excel' && { code: 'ContentTypeNotAllowed' } })
      await uploads.upload({ ...source('a', large(size), 'application/vnd.ms-excel'), otherType: 'text/csv' }, { signal })
      assert.equal(asked[0].contentType, 'text/csv')
    })
  }

  test('is refused once when there is no other', async (t) => {
    const { posts, uploads } = start(t, { refuse: () => ({ code: 'ContentTypeNotAllowed' }) })
    await assert.rejects(uploads.upload({ ...source('a', text('a'), 'text/html'), otherType: 'text/html' }, { signal }), { code: 'ContentTypeNotAllowed' })
    assert.equal(posts.length, 1)
  })
})

describe('an upload in parts that was stopped', () => {
  /** Stops when part 2 of 4 is on its way; S3 has part 1. */
  async function stopped(t, options) {
    const all = start(t, options)
    const stop = new AbortController()
    all.fail('uploadPart', undefined, () => stop.abort())
    const file = source('a', large(4 * 8 * MIB))
    await assert.rejects(all.uploads.upload(file, { signal: stop.signal }), { name: 'AbortError' })
    all.uploads = createUploads(all.presign, all.unfinished) // as after a reload
    all.sent.length = 0
    const restarted = []
    return { ...all, file, restarted, goOn: (f = file) => all.uploads.upload(f, { signal, onRestart: () => restarted.push(f.id) }) }
  }

  test('continues with what S3 does not have', async (t) => {
    const { of, goOn, unfinished, objects } = await stopped(t)
    await goOn()
    assert.deepEqual(of('uploadPart').map((one) => one.partNumber), ['3', '4'])
    assert.equal(objects.get('johndoe/1').size, 32 * MIB)
    assert.deepEqual(unfinished.all(), [])
  })

  test('reads every page of the list of parts', async (t) => {
    const { of, goOn, asked } = await stopped(t, { partsOfAPage: 1 })
    asked.length = 0
    await goOn()
    assert.deepEqual(asked.filter((one) => one.operation === 'listParts').map((one) => one.partNumber), [undefined, 1])
    assert.equal(of('listParts').length, 2)
    assert.equal(of('uploadPart').length, 2)
  })

  test('sends a part again whose content is not the same any more', async (t) => {
    const { of, goOn, file } = await stopped(t)
    await goOn({ ...file, data: large(4 * 8 * MIB, 5) })
    assert.equal(of('uploadPart').length, 4)
  })

  test('starts again when S3 no longer has it, and says so', async (t) => {
    const { of, goOn, begun, restarted, objects } = await stopped(t)
    begun.clear()
    await goOn()
    assert.deepEqual(restarted, ['a'])
    assert.equal(of('uploadPart').length, 4)
    assert.deepEqual([...objects.keys()], ['johndoe/2'])
  })

  test('of another user is left alone', async (t) => {
    const { storage } = await stopped(t)
    assert.equal(unfinishedUploads(() => 'johndoe', storage).all().length, 1)
    assert.deepEqual(unfinishedUploads(() => 'janedoe', storage).all(), [])
  })

  test('is forgotten after a day, as S3 drops it', async (t) => {
    const { unfinished } = await stopped(t)
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 24 * 3600 * 1000 })
    assert.deepEqual(unfinished.all(), [])
  })

  test('can be dropped', async (t) => {
    const { uploads, of, unfinished } = await stopped(t)
    await uploads.abort('a')
    assert.equal(of('abortMultipartUpload').length, 1)
    assert.deepEqual(unfinished.all(), [])
  })
})
