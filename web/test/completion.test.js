import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { createUploads } from '../packages/presigned-upload/src/presigned-upload.js'
import { large, MIB, start } from './fake-stack.js'

const source = (id, data) => ({ id, data, type: 'image/png' })
const { signal } = new AbortController()

describe('the completion of an upload in parts', () => {
  /** Uploads 9 MiB while completeMultipartUpload meets these. */
  async function complete(t, ...failures) {
    const all = start(t)
    all.fail('completeMultipartUpload', ...failures)
    const outcome = await all.uploads.upload(source('a', large(9 * MIB)), { signal }).catch((error) => error)
    return { ...all, outcome, keys: [...all.objects.keys()] }
  }

  test('whose answer is lost is not done twice: S3 has it', async (t) => {
    const { outcome, keys } = await complete(t, 'lost')
    assert.deepEqual([outcome.key, keys], ['johndoe/1', ['johndoe/1']])
  })

  test('that fails within an answer of 200 is tried again', async (t) => {
    const { keys, of } = await complete(t, [200, '<Error><Code>InternalError</Code></Error>'])
    assert.deepEqual([keys, of('completeMultipartUpload').length], [['johndoe/1'], 2])
  })

  test('of a key that was taken meanwhile makes the file begin again under another', async (t) => {
    const { keys, of } = await complete(t, [412, ''])
    assert.deepEqual([keys, of('uploadPart').length], [['johndoe/2'], 4])
    assert.equal(of('abortMultipartUpload')[0].key, 'johndoe/1')
  })

  test('of an upload that S3 dropped meanwhile is not taken for done', async (t) => {
    const { keys } = await complete(t, [404, '<Error><Code>NoSuchUpload</Code></Error>'])
    assert.deepEqual(keys, ['johndoe/2'])
  })

  test('that was throttled, of an upload that S3 dropped meanwhile, is not taken for done', async (t) => {
    const all = start(t)
    all.fail('completeMultipartUpload', [429, ''], () => {})
    const presign = async (request) => {
      if (request.operation === 'completeMultipartUpload' && all.of('completeMultipartUpload').length === 1) all.begun.clear()
      return all.presign(request)
    }
    const { key } = await createUploads(presign, all.unfinished).upload(source('a', large(9 * MIB)), { signal })
    assert.deepEqual([key, [...all.objects.keys()]], ['johndoe/2', ['johndoe/2']])
  })

  for (const [status, title] of [[500, 'failed, but was done'], [0, 'got no answer, but was done']]) {
    test(`that ${title}, is known by S3 having nothing to complete`, async (t) => {
      const all = start(t)
      all.fail('completeMultipartUpload', status ? [status, ''] : 'broken')
      const presign = async (request) => {
        if (request.operation === 'completeMultipartUpload' && all.of('completeMultipartUpload').length === 1) {
          all.begun.clear()
          all.objects.set('johndoe/1', { size: 9 * MIB })
        }
        return all.presign(request)
      }
      const { key } = await createUploads(presign, all.unfinished).upload(source('a', large(9 * MIB)), { signal })
      assert.deepEqual([key, [...all.objects.keys()]], ['johndoe/1', ['johndoe/1']])
    })
  }

  test('that was sent before a reload, and whose answer nobody heard, is known by S3 having nothing to complete', async (t) => {
    const all = start(t)
    const stop = new AbortController()
    all.fail('completeMultipartUpload', 'lost')
    const uploading = all.uploads.upload(source('a', large(9 * MIB)), { signal: stop.signal })
    all.begun.delete = new Proxy(all.begun.delete, { apply: (target, self, args) => (stop.abort(), Reflect.apply(target, self, args)) })
    await assert.rejects(uploading, { name: 'AbortError' })
    const { key } = await createUploads(all.presign, all.unfinished).upload(source('a', large(9 * MIB)), { signal })
    assert.deepEqual([key, [...all.objects.keys()]], ['johndoe/1', ['johndoe/1']])
  })
})
