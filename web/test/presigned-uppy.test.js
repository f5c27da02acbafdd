import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'

import { presignedUploads } from '../src/presigned-uppy.js'

const MIB = 1024 * 1024

/** Of the given size, without its bytes. */
const large = (size) => ({ size, arrayBuffer: () => assert.fail('read into memory') })

const file = (id, data, type = 'image/png', name) => ({ id, size: data.size, data, type, name })

/** The part of Uppy that the adapter uses. */
function fakeUppy(...files) {
  const preProcessors = []
  return {
    getFile: (id) => files.find((file) => file.id === id),
    getFiles: () => files,
    addPreProcessor: (fn) => preProcessors.push(fn),
    prepare: () => Promise.all(preProcessors.map((fn) => fn(files.map((file) => file.id)))),
  }
}

/** An endpoint that answers as told, and remembers what it was asked: `posts` counts requests, `asked` has each operation. */
function fakeEndpoint(answer = {}, { maxBatch = 100, refuse = () => undefined } = {}) {
  const asked = []
  const posts = []
  let keys = 0
  const one = (request) => {
    asked.push(request)
    if (answer instanceof Error) throw answer
    const url = 'https://bucket/?X-Amz-Expires=300'
    return { status: 200, url, method: 'PUT', headers: {}, key: request.key ?? `johndoe/${++keys}`, ...answer }
  }
  const presign = async (request) => {
    posts.push(request)
    if (!request.requests) return one(request)
    assert.ok(request.requests.length > 1 && request.requests.length <= 100)
    if (request.requests.length > maxBatch) throw Object.assign(new Error('too large'), { code: 'BatchTooLarge', maxBatch })
    return { results: request.requests.map((r) => refuse(r) ?? one(r)) }
  }
  return { asked, posts, presign }
}

describe('a single PUT', () => {
  test('asks for the type, the length and the checksum of the content', async () => {
    const data = new Blob(['banana'])
    const { asked, presign } = fakeEndpoint()
    const options = presignedUploads(fakeUppy(file('a', data)), presign)
    const answer = await options.signRequest({ method: 'PUT', key: options.generateObjectKey(file('a', data)) })
    const checksumSHA256 = createHash('sha256').update('banana').digest('base64')
    assert.deepEqual(asked, [{ operation: 'putObject', contentType: 'image/png', contentLength: 6, checksumSHA256 }])
    assert.equal(answer.key, 'johndoe/1')
  })

  test('reads no large file into memory for its checksum', async () => {
    const { asked, presign } = fakeEndpoint()
    await presignedUploads(fakeUppy(file('a', large(33 * MIB))), presign).signRequest({ method: 'PUT', key: 'a' })
    assert.equal(asked[0].checksumSHA256, undefined)
  })

  test('of a file without a type says application/octet-stream', async () => {
    const { asked, presign } = fakeEndpoint()
    await presignedUploads(fakeUppy(file('a', new Blob(['?']), '')), presign).signRequest({ method: 'PUT', key: 'a' })
    assert.equal(asked[0].contentType, 'application/octet-stream')
  })

  test('gets the signed headers, but for those that a browser sets itself', async () => {
    const headers = { 'Content-Type': 'image/png', 'If-None-Match': '*', 'Content-Length': '6', Host: 'bucket' }
    const { presign } = fakeEndpoint({ headers })
    const answer = await presignedUploads(fakeUppy(file('a', new Blob(['banana']))), presign).signRequest({ method: 'PUT', key: 'a' })
    assert.deepEqual(answer.headers, { 'Content-Type': 'image/png', 'If-None-Match': '*' })
  })
})

describe('the requests of a multipart upload', () => {
  const upload = { key: 'johndoe/1', uploadId: 'u' }
  const rows = [
    ['POST', { key: 'a' }, { operation: 'createMultipartUpload', contentType: 'image/png' }],
    ['GET', upload, { operation: 'listParts', ...upload }],
    ['POST', upload, { operation: 'completeMultipartUpload', ...upload }],
    ['DELETE', upload, { operation: 'abortMultipartUpload', ...upload }],
  ]
  for (const [method, request, want] of rows) {
    test(`${method} asks for ${want.operation}`, async () => {
      const { asked, presign } = fakeEndpoint()
      await presignedUploads(fakeUppy(file('a', large(9 * MIB))), presign).signRequest({ method, ...request })
      assert.deepEqual(asked, [want])
    })
  }

  test('another method is refused', async () => {
    const { presign } = fakeEndpoint()
    const options = presignedUploads(fakeUppy(), presign)
    await assert.rejects(options.signRequest({ method: 'PATCH', ...upload }), /cannot presign PATCH/)
  })

  test('a part of a key that nobody uploads is refused', async () => {
    const { presign } = fakeEndpoint()
    const options = presignedUploads(fakeUppy(), presign)
    await assert.rejects(options.signRequest({ method: 'PUT', ...upload, partNumber: 1 }), /no file is being uploaded/)
  })
})

describe('parts', () => {
  // size, part size of the stage, parts that Uppy makes of it
  const rows = [
    [17 * MIB, 8 * MIB, 3],
    [16 * MIB, 8 * MIB, 2],
    [16 * MIB + 1, 8 * MIB, 3],
    [12 * MIB, 1 * MIB, 3], // S3 takes no part below 5 MiB but the last
    [10_001 * 8 * MIB, 8 * MIB, 10_000], // S3 takes no more parts
  ]
  for (const [size, partSize, count] of rows) {
    test(`of ${size} bytes by ${partSize} are ${count}, and the lengths asked for are those that Uppy sends`, async () => {
      const one = { ...file('a', large(size)), s3Multipart: { key: 'johndoe/1' } }
      const uppy = fakeUppy(one)
      const { asked, presign } = fakeEndpoint({ partSize })
      const options = presignedUploads(uppy, presign)
      await uppy.prepare()
      assert.equal(options.shouldUseMultipart(one), true)
      const bytes = options.getChunkSize({ size })
      assert.ok(bytes >= 5 * MIB)
      assert.equal(Math.ceil(size / bytes), count)
      for (const partNumber of [1, count]) {
        await options.signRequest({ method: 'PUT', key: 'johndoe/1', uploadId: 'u', partNumber })
      }
      const lengths = new Map(asked.filter((r) => r.operation === 'uploadPart').map((r) => [r.partNumber, r.contentLength]))
      const [first, last] = [lengths.get(1), lengths.get(count)]
      assert.equal(first, bytes)
      assert.equal((count - 1) * first + last, size)
    })
  }
})

describe('before an upload', () => {
  test('the stage is asked once, and for large files only', async () => {
    const uppy = fakeUppy(file('a', large(5 * MIB)), file('b', large(6 * MIB)), file('c', large(7 * MIB)))
    const { asked, presign } = fakeEndpoint({ partSize: 8 * MIB })
    presignedUploads(uppy, presign)
    await uppy.prepare()
    await uppy.prepare()
    assert.deepEqual(asked, [{ operation: 'createMultipartUpload', contentType: 'image/png' }])
  })

  test('a file that is no larger than a part goes in one PUT', async () => {
    const one = file('a', large(8 * MIB))
    const uppy = fakeUppy(one)
    const options = presignedUploads(uppy, fakeEndpoint({ partSize: 8 * MIB }).presign)
    await uppy.prepare()
    assert.equal(options.shouldUseMultipart(one), false)
  })

  test('a stage without multipart uploads gets single PUTs', async () => {
    const one = file('a', large(80 * MIB))
    const uppy = fakeUppy(one)
    const options = presignedUploads(uppy, fakeEndpoint(new Error('OperationNotEnabled')).presign)
    await uppy.prepare()
    assert.equal(options.shouldUseMultipart(one), false)
  })

  test('a file over the bound is left for the endpoint to refuse, before a byte is sent', async () => {
    const one = file('a', large(21 * MIB))
    const uppy = fakeUppy(one)
    const options = presignedUploads(uppy, fakeEndpoint({ partSize: 8 * MIB, maxUploadBytes: 20 * MIB }).presign)
    await uppy.prepare()
    assert.equal(options.shouldUseMultipart(one), false)
  })
})

describe('requests to the endpoint', () => {
  test('50 small files dropped together take at most 2', async () => {
    const files = Array.from({ length: 50 }, (_, i) => file(`f${i}`, new Blob([`content ${i}`])))
    const uppy = fakeUppy(...files)
    const { posts, presign } = fakeEndpoint()
    const options = presignedUploads(uppy, presign)
    await uppy.prepare()
    const keys = []
    for (let i = 0; i < files.length; i += 6) { // as many at once as Uppy sends
      const answers = await Promise.all(files.slice(i, i + 6).map(({ id }) => options.signRequest({ method: 'PUT', key: id })))
      keys.push(...answers.map((answer) => answer.key))
    }
    assert.equal(new Set(keys).size, 50)
    assert.ok(posts.length <= 2, `${posts.length} requests`)
  })

  test('a retry of a file takes a new key', async () => {
    const uppy = fakeUppy(file('a', new Blob(['a'])), file('b', new Blob(['b'])))
    const options = presignedUploads(uppy, fakeEndpoint().presign)
    await uppy.prepare()
    const first = await options.signRequest({ method: 'PUT', key: 'a' })
    const second = await options.signRequest({ method: 'PUT', key: 'a' })
    assert.notEqual(first.key, second.key)
  })

  test('64 parts take at most 3', async () => {
    const one = { ...file('a', large(64 * 16 * MIB)), s3Multipart: { key: 'johndoe/1' } }
    const uppy = fakeUppy(one)
    const { posts, presign } = fakeEndpoint({ partSize: 16 * MIB })
    const options = presignedUploads(uppy, presign)
    await uppy.prepare()
    posts.length = 0
    for (let partNumber = 1; partNumber <= 64; partNumber++) {
      await options.signRequest({ method: 'PUT', key: 'johndoe/1', uploadId: 'u', partNumber })
    }
    assert.ok(posts.length <= 3, `${posts.length} requests`)
  })
})

describe('filenames', () => {
  test('are sent with new objects, cleaned', async () => {
    const { asked, presign } = fakeEndpoint()
    const uppy = fakeUppy(file('a', new Blob(['a']), 'text/plain', 'a\tb.txt'))
    const options = presignedUploads(uppy, presign)
    await options.signRequest({ method: 'PUT', key: 'a' })
    await options.signRequest({ method: 'POST', key: 'a' })
    assert.deepEqual(asked.map((request) => request.filename), ['a_b.txt', 'a_b.txt'])
  })
})
