import assert from 'node:assert/strict'
import { test } from 'node:test'

import Uppy from '@uppy/core'

import { recover } from '../src/recover.js'

test('a lost connection is tried again when it is back, another error is not', (t) => {
  const uppy = new Uppy()
  const id = uppy.addFile({ name: 'a.txt', type: 'text/plain', data: new Blob(['a']) })
  const retried = t.mock.method(uppy, 'retryUpload', async () => {}).mock
  recover(uppy)
  const fail = (error) => uppy.emit('upload-error', uppy.getFile(id), Object.assign(new Error(), error))
  uppy.emit('back-online')
  fail({ status: 403 })
  uppy.emit('back-online')
  assert.equal(retried.calls.length, 0)
  fail({ code: 'NETWORK' })
  uppy.emit('back-online')
  assert.deepEqual(retried.calls.map((call) => call.arguments), [[id]])
})
