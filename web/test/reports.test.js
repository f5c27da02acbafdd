// What people reported of Uppy's own S3 plugins, tried with ours.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import Uppy from '@uppy/core'

import { PresignedUploads } from '../packages/presigned-uppy/src/presigned-uppy.js'
import { recover } from '../src/recover.js'
import { until } from './dom.js'
import { fakeStack, MIB } from './fake-stack.js'

function start(t, options) {
  const stack = fakeStack(t, { answer: { partSize: 8 * MIB }, ...options })
  const state = { endpoint: async () => {} }
  const uppy = new Uppy({ infoTimeout: 0 })
  uppy.use(PresignedUploads, { presign: async (request) => (await state.endpoint(request)) ?? stack.presign(request) })
  const add = (name, length) => uppy.addFile({ name, type: 'image/png', data: new Blob([Buffer.alloc(length, name)], { type: 'image/png' }) })
  return { ...stack, state, uppy, add }
}
const refused = [400, '<Error><Code>EntityTooLarge</Code></Error>']
const idle = (uppy) => until(() => Object.keys(uppy.getState().currentUploads).length === 0)

test('transloadit/uppy#3341: an upload that is paused again and again ends', async (t) => {
  const { uppy, add, of, objects, fail } = start(t)
  const id = add('movie.mp4', 40 * MIB)
  fail('uploadPart', ...Array.from({ length: 3 }, () => () => uppy.pauseResume(id)))
  const done = uppy.upload()
  for (let paused = 0; paused < 3; paused++) {
    await until(() => uppy.getFile(id).isPaused)
    uppy.pauseResume(id)
  }
  assert.equal((await done).successful.length, 1)
  assert.deepEqual(of('uploadPart').map((one) => one.partNumber), ['1', '2', '3', '4', '5'])
  assert.equal([...objects.values()][0].size, 40 * MIB)
})

test('transloadit/uppy#3972: a part or a completion that fails leaves the other files, and the upload ends', async (t) => {
  for (const operation of ['uploadPart', 'completeMultipartUpload']) {
    const { uppy, add, fail } = start(t)
    add('large.png', 9 * MIB)
    add('small.png', 1)
    const completed = []
    uppy.on('complete', (result) => completed.push(result))
    fail(operation, refused)
    const { successful, failed } = await uppy.upload()
    assert.deepEqual([successful.map((file) => file.name), failed.map((file) => file.name)], [['small.png'], ['large.png']])
    assert.equal(completed.length, 1)
  }
})

test('transloadit/uppy#4366: a retry asks the endpoint again', async (t) => {
  const { uppy, add, state, objects } = start(t)
  const id = add('large.png', 9 * MIB)
  let asked = 0
  state.endpoint = async () => { if (asked++ === 0) throw Object.assign(new Error('internal error'), { status: 500 }) }
  assert.equal((await uppy.upload()).failed.length, 1)
  await uppy.retryUpload(id)
  assert.equal(objects.size, 1)
})

test('transloadit/uppy#2699: a file that failed and is removed leaves no parts at S3', async (t) => {
  const { uppy, add, fail, begun } = start(t)
  const id = add('large.png', 17 * MIB)
  fail('uploadPart', undefined, refused)
  await uppy.upload()
  assert.equal(begun.size, 1)
  uppy.removeFile(id)
  await until(() => begun.size === 0)
})

test('transloadit/uppy#1317: a file that is removed while its URL is signed is not sent', async (t) => {
  const { uppy, add, state, sent } = start(t)
  const id = add('small.png', 1)
  let answer
  state.endpoint = () => new Promise((resolve) => { answer = resolve })
  const done = uppy.upload()
  await until(() => answer)
  uppy.removeFile(id)
  answer()
  await done
  assert.deepEqual([sent, uppy.getFiles()], [[], []])
})

test('transloadit/uppy#4375: a retry of one of two failed files ends, and the other can be retried', async (t) => {
  const { uppy, add, fail, objects } = start(t)
  const ids = [add('a.png', 1), add('b.png', 2)]
  fail('putObject', refused, refused)
  assert.equal((await uppy.upload()).failed.length, 2)
  await uppy.retryUpload(ids[0])
  await idle(uppy)
  assert.equal(objects.size, 1)
  await uppy.retryAll()
  await idle(uppy)
  assert.equal(objects.size, 2)
})

test("transloadit/uppy#5005, #2380: names like !'()* and Arabic ones are sent as they are", async (t) => {
  const { uppy, add, asked } = start(t)
  const names = ["!'()*.png", '\u0645\u0644\u0641.png', 't\u00e9st & co+1.png']
  names.forEach((name) => add(name, 1))
  await uppy.upload()
  assert.deepEqual(asked.map((request) => request.filename).sort(), names.sort())
})

test('transloadit/uppy#4908: a connection that is lost while a URL is signed is reported, and the upload continues when it is back', async (t) => {
  const { uppy, add, state, objects } = start(t)
  recover(uppy)
  const errors = []
  uppy.on('upload-error', (_, error) => errors.push(error.code))
  add('large.png', 9 * MIB)
  state.endpoint = async (request) => { if (request.operation === 'uploadPart' || request.requests) throw Object.assign(new Error('unreachable'), { code: 'NETWORK' }) }
  await uppy.upload()
  assert.deepEqual(errors, ['NETWORK'])
  state.endpoint = async () => {}
  uppy.emit('back-online')
  await until(() => objects.size === 1)
})

test('transloadit/uppy#913: a file that was cancelled can be chosen again', async (t) => {
  const { uppy, add, objects, state } = start(t)
  add('small.png', 1)
  let answer
  state.endpoint = () => new Promise((resolve) => { answer = resolve })
  const done = uppy.upload()
  await until(() => answer)
  uppy.cancelAll()
  answer()
  await done
  state.endpoint = async () => {}
  add('small.png', 1)
  assert.equal((await uppy.upload()).successful.length, 1)
  assert.equal(objects.size, 1)
})

test('an empty file and a file without a type go up', async (t) => {
  const { uppy, add, objects, asked } = start(t)
  add('empty.png', 0)
  uppy.addFile({ name: 'README', data: new Blob(['words']) })
  assert.equal((await uppy.upload()).successful.length, 2)
  assert.deepEqual([...objects.values()].map(({ size }) => size).sort(), [0, 5])
  assert.ok(asked.every((request) => request.contentType))
})
