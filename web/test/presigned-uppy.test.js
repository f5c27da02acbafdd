import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import Uppy from '@uppy/core'

import { PresignedUploads } from '../packages/presigned-uppy/src/presigned-uppy.js'
import { fakeStack, MIB } from './fake-stack.js'

/** Uppy with the plugin, on a stack with parts of 8 MiB. */
function start(t, options) {
  const stack = fakeStack(t, { answer: { partSize: 8 * MIB }, ...options })
  const uppy = new Uppy({ infoTimeout: 0 }) // a notice, which nobody sees here, would hold the process for 5 s
  uppy.use(PresignedUploads, { presign: stack.presign })
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
      while (begun.size > 0) await new Promise(setImmediate)
      assert.equal(of('completeMultipartUpload').length, 0)
    })
  }
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
