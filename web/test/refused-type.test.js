import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { presignedUploads } from '../src/presigned-uppy.js'

/** The part of Uppy that the adapter uses, with one file. */
function oneFile(type, name) {
  const data = new Blob(['a'])
  const file = { id: 'a', size: data.size, data, type, name }
  return { getFile: () => file, getFiles: () => [file], addPreProcessor: () => {} }
}

describe('a type that is refused', () => {
  const rows = [
    ['data.csv', 'application/vnd.ms-excel', 'text/csv'],
    ['scan.PDF', 'application/x-pdf', 'application/pdf'],
    ['clip.mov', 'video/x-mov', 'video/quicktime'],
    ['photo.heic', 'image/x-heic', 'image/heic'],
    ['notes.md', 'text/x-markdown', 'text/markdown'],
    ['data.csv', '', 'text/csv'],
  ]
  for (const [name, type, want] of rows) {
    for (const method of ['PUT', 'POST']) {
      test(`"${type}" of ${name}: ${method} is tried with ${want}`, async () => {
        const tried = []
        const presign = async (request) => {
          tried.push(request.contentType)
          if (request.contentType !== want) throw Object.assign(new Error('no'), { code: 'ContentTypeNotAllowed' })
          return { url: 'https://bucket/', headers: {}, key: 'johndoe/1' }
        }
        await presignedUploads(oneFile(type, name), presign).signRequest({ method, key: 'a' })
        assert.deepEqual(tried, [type || 'application/octet-stream', want])
      })
    }
  }

  test('is refused once when the extension has the same', async () => {
    let asked = 0
    const presign = async () => {
      asked++
      throw Object.assign(new Error('no'), { code: 'ContentTypeNotAllowed' })
    }
    const options = presignedUploads(oneFile('text/html', 'a.html'), presign)
    await assert.rejects(options.signRequest({ method: 'PUT', key: 'a' }), /no/)
    assert.equal(asked, 1)
  })
})
