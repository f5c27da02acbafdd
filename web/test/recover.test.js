import assert from 'node:assert/strict'
import { test } from 'node:test'

import Uppy from '@uppy/core'

import { recover } from '../src/recover.js'

/** A file in a queue, with what is retried. */
function queue(t) {
  const uppy = new Uppy()
  const id = uppy.addFile({ name: 'a.txt', type: 'text/plain', data: new Blob(['a']) })
  uppy.setFileState(id, { s3Multipart: { key: 'johndoe/1', uploadId: 'u' } })
  const retried = t.mock.method(uppy, 'retryUpload', async () => {}).mock
  recover(uppy)
  const fail = (error) => uppy.emit('upload-error', uppy.getFile(id), Object.assign(new Error(), error))
  return { uppy, id, retried, fail }
}

test('a key that is taken is replaced once without a click', (t) => {
  const { uppy, id, retried, fail } = queue(t)
  fail({ status: 412 })
  fail({ status: 412 })
  assert.deepEqual(retried.calls.map((call) => call.arguments), [[id]])
  assert.equal(uppy.getFile(id).s3Multipart, undefined)
})

test('an upload that S3 no longer has starts anew', (t) => {
  const { uppy, id, fail } = queue(t)
  fail({ status: 404 })
  assert.equal(uppy.getFile(id).s3Multipart, undefined)
})

test('another refusal keeps what is uploaded', (t) => {
  const { uppy, id, retried, fail } = queue(t)
  fail({ status: 403 })
  assert.equal(uppy.getFile(id).s3Multipart.uploadId, 'u')
  assert.equal(retried.calls.length, 0)
})

test('a lost connection is tried again when it is back, another error is not', (t) => {
  const { uppy, id, retried, fail } = queue(t)
  uppy.emit('back-online')
  fail({ status: 403 })
  uppy.emit('back-online')
  assert.equal(retried.calls.length, 0)
  fail({ code: 'NETWORK' })
  uppy.emit('back-online')
  assert.deepEqual(retried.calls.map((call) => call.arguments), [[id]])
})
