import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import Uppy from '@uppy/core'

import { PresignedUploads } from '../packages/presigned-uppy/src/presigned-uppy.js'
import { until } from './dom.js'
import { fakeStack, MIB } from './fake-stack.js'

/** Uppy with the plugin, on a stack with parts of 8 MiB. */
function start(t, { log, ...options } = {}) {
  const stack = fakeStack(t, { answer: { partSize: 8 * MIB }, ...options })
  const uppy = new Uppy({ infoTimeout: 0 }) // a notice, which nobody sees here, would hold the process for 5 s
  uppy.use(PresignedUploads, { presign: stack.presign })
  if (log) t.mock.method(uppy, 'log', log)
  /** @param {string} name @param {number} length @param {string} [type] */
  const add = (name, length, type = 'image/png') => uppy.addFile({ name, type, data: new Blob([Buffer.alloc(length, name)], { type }) })
  return { ...stack, uppy, add }
}

test('files of a drop are uploaded, signed for together, and each has its key', async (t) => {
  const { uppy, add, posts, objects } = start(t)
  const keys = []
  uppy.on('upload-success', (_, { body }) => keys.push(body.key))
  for (let i = 0; i < 50; i++) add(`${i}.png`, 10 + i)
  const { successful } = await uppy.upload()
  assert.equal(successful.length, 50)
  assert.deepEqual(keys.sort(), [...objects.keys()].sort())
  assert.ok(posts.length <= 2, `${posts.length} requests`)
})

test('one file that is refused leaves the others, and is uploaded by a retry under a new key', async (t) => {
  const { uppy, add, fail, objects } = start(t)
  add('a.png', 1)
  add('b.png', 2)
  fail('putObject', [400, '<Error><Code>EntityTooLarge</Code></Error>'])
  assert.deepEqual((await uppy.upload()).failed.map((file) => file.name), ['a.png'])
  assert.equal((await uppy.retryAll()).successful.length, 1)
  assert.equal(objects.size, 2)
})

describe('while a large file is on its way', () => {
  /** Does something while S3 takes part 2 of 3. */
  async function during(t, act) {
    const all = start(t)
    const id = all.add('movie.mp4', 20 * MIB)
    const reached = new Promise((resolve) => all.fail('uploadPart', undefined, resolve))
    const done = all.uppy.upload()
    await reached
    await act(all, id)
    return { ...all, id, done }
  }

  for (const [how, pause, resume] of [
    ['alone', (uppy, id) => uppy.pauseResume(id), (uppy, id) => uppy.pauseResume(id)],
    ['with all', (uppy) => uppy.pauseAll(), (uppy) => uppy.resumeAll()],
  ]) {
    test(`it is paused and continues, ${how}, and no part is sent twice`, async (t) => {
      const { uppy, id, done, of } = await during(t, ({ uppy }, id) => pause(uppy, id))
      const asked = of('listParts').length
      await new Promise((resolve) => setTimeout(resolve, 50))
      assert.equal(of('completeMultipartUpload').length, 0)
      resume(uppy, id)
      assert.equal((await done).successful.length, 1)
      assert.equal(of('listParts').length, asked + 1)
      assert.deepEqual(of('uploadPart').map((one) => one.partNumber), ['1', '2', '3'])
    })
  }

  for (const [how, cancel] of [['removed', (uppy, id) => uppy.removeFile(id)], ['cancelled', (uppy) => uppy.cancelAll()]]) {
    test(`it is ${how}: S3 drops its parts`, async (t) => {
      const { done, begun, of } = await during(t, ({ uppy }, id) => cancel(uppy, id))
      await done
      await until(() => begun.size === 0)
      assert.equal(of('completeMultipartUpload').length, 0)
    })
  }
})

test('Uppy is told that uploads can be paused, and no longer when the plugin is removed, which stops them', async (t) => {
  const { uppy, add, fail, of, objects } = start(t)
  const can = () => uppy.getState().capabilities.resumableUploads
  assert.equal(can(), true)
  assert.equal(uppy.getPlugin('PresignedUploads').type, 'uploader')
  add('movie.mp4', 20 * MIB)
  fail('uploadPart', () => uppy.removePlugin(uppy.getPlugin('PresignedUploads')))
  uppy.upload()
  await until(() => !can())
  await new Promise((resolve) => setTimeout(resolve, 20))
  assert.deepEqual([of('uploadPart').length, objects.size], [1, 0])
  const { failed, successful } = await new Uppy().use(PresignedUploads, { presign: async () => {} }).upload() // with no file
  assert.deepEqual([failed, successful], [[], []])
})

test('Uppy hears of the start, the progress and the end of each file', async (t) => {
  const { uppy, add } = start(t)
  const heard = []
  uppy.on('upload-start', (files) => heard.push(`start ${files.map((file) => file.name)}`))
  uppy.on('upload-progress', (file, { bytesUploaded, bytesTotal, uploadStarted }) => heard.push(`${file.name} ${bytesUploaded / MIB} of ${bytesTotal / MIB} ${Math.abs(Date.now() - uploadStarted) < 60_000}`))
  uppy.on('upload-success', (file, { status, body }) => heard.push(`end ${file.name} ${status} ${body.key}`))
  add('movie.mp4', 17 * MIB)
  await uppy.upload()
  assert.deepEqual(heard, ['start movie.mp4', 'movie.mp4 0 of 17 true', 'movie.mp4 8 of 17 true', 'movie.mp4 16 of 17 true', 'movie.mp4 17 of 17 true', 'end movie.mp4 200 johndoe/1'])
})

test('one file that is paused leaves the other, and six go at once', async (t) => {
  const { uppy, add, fail, objects, of } = start(t)
  const ids = [add('one.mp4', 20 * MIB), add('two.mp4', 20 * MIB)]
  fail('createMultipartUpload', () => uppy.pauseResume(ids[0]))
  const done = uppy.upload()
  await until(() => objects.size > 0)
  assert.deepEqual([objects.size, uppy.getFile(ids[0]).isPaused, of('uploadPart').length], [1, true, 3])
  uppy.pauseResume(ids[0])
  assert.equal((await done).successful.length, 2)
})

test('a file that was uploaded and is removed is not dropped at S3', async (t) => {
  const { uppy, add, asked, objects } = start(t)
  const id = add('movie.mp4', 20 * MIB)
  await uppy.upload()
  uppy.removeFile(id)
  uppy.removeFile(add('never.mp4', 20 * MIB))
  await new Promise(setImmediate)
  assert.equal(asked.filter((one) => one.operation === 'abortMultipartUpload').length, 0)
  assert.equal(objects.size, 1)
})

test('parts that cannot be dropped are logged, and dropped by the bucket a day later', async (t) => {
  const logged = []
  const { uppy, add, fail, begun } = start(t, { log: (message, level) => logged.push([message.status ?? message, level]) })
  const id = add('movie.mp4', 20 * MIB)
  fail('uploadPart', [400, ''])
  fail('abortMultipartUpload', [403, ''])
  await uppy.upload()
  uppy.removeFile(id)
  await until(() => logged.some(([status]) => status === 403))
  assert.deepEqual(logged.at(-1), [403, 'warning'])
  assert.equal(begun.size, 1)
})

test('Uppy hears that an upload which S3 no longer has starts again', async (t) => {
  const { uppy, add, fail, begun, objects } = start(t)
  const restarted = []
  uppy.on('presigned:restart', (file) => restarted.push(file.name))
  add('movie.mp4', 20 * MIB)
  fail('uploadPart', () => begun.clear())
  assert.equal((await uppy.upload()).successful.length, 1)
  assert.deepEqual([restarted, objects.size], [['movie.mp4'], 1])
})

test('a file with an extension like "constructor" goes up as one of unknown type', async (t) => {
  const { uppy, asked } = start(t)
  uppy.addFile({ name: 'a.constructor', data: new Blob(['x']) })
  uppy.addFile({ name: 'b.unknown', data: new Blob(['y']) })
  await uppy.upload()
  assert.deepEqual(asked.map((request) => request.contentType), ['application/octet-stream', 'application/octet-stream'])
})

describe('a type that is refused', () => {
  const rows = [
    ['data.csv', 'application/vnd.ms-excel', 'text/csv'],
    ['scan.PDF', 'application/x-pdf', 'application/pdf'],
    ['clip.mov', 'video/x-mov', 'video/quicktime'],
    ['photo.heic', 'image/x-heic', 'image/heic'],
    ['notes.md', 'text/x-markdown', 'text/markdown'],
  ]
  for (const [name, type, want] of rows) {
    test(`"${type}" of ${name} is tried with ${want}`, async (t) => {
      const { uppy, add, asked } = start(t, { refuse: ({ contentType }) => contentType !== want && { code: 'ContentTypeNotAllowed', detail: 'no' } })
      add(name, 1, type)
      await uppy.upload()
      assert.deepEqual(asked.map((request) => request.contentType), [want])
    })
  }
})
