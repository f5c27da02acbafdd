import { createHash } from 'node:crypto'

import { createUploads } from '../packages/presigned-upload/src/presigned-upload.js'
import { unfinishedUploads } from '../packages/presigned-upload/src/unfinished.js'

export const MIB = 1024 * 1024
export const checksumOf = (bytes) => createHash('sha256').update(bytes).digest('base64')

/** Of the given size and without its bytes: the content of each slice is its place. */
export function large(size, from = 0) {
  return {
    size,
    slice: (start, end) => large(Math.min(end, size) - start, from + start),
    arrayBuffer: async () => new TextEncoder().encode(`${from} ${size}`).buffer,
    stream: () => new Blob([`${from} ${size}`]).stream(),
  }
}

/**
 * An endpoint and an S3 that keep what they get in memory. `asked` has each operation, `posts` each request to the endpoint,
 * `sent` what reached S3. `fail(operation, ...)` has the next attempts answered by these instead: a status with its document,
 * 'broken' for a request that got lost, 'lost' for an answer that did, or a function of the request.
 */
export function fakeStack(t, { answer = {}, maxBatch = 100, refuse = () => undefined, partsOfAPage = 1000 } = {}) {
  const asked = []
  const posts = []
  const sent = []
  const objects = new Map()
  const uploads = new Map()
  const failures = new Map()
  let keys = 0

  const one = (request) => {
    asked.push(request)
    const key = request.key ?? `johndoe/${++keys}`
    const url = `https://bucket/?${new URLSearchParams({ ...request, key, 'X-Amz-Expires': 300 })}`
    return { status: 200, url, method: 'PUT', headers: { Host: 'bucket', 'X-Signed': 'yes' }, key, ...(request.operation === 'createMultipartUpload' && answer) }
  }
  const presign = async (request) => {
    posts.push(request)
    if (!request.requests) {
      const problem = refuse(request)
      if (problem) throw Object.assign(new Error('refused'), problem)
      return one(request)
    }
    if (request.requests.length > maxBatch) throw Object.assign(new Error('too large'), { code: 'BatchTooLarge', maxBatch })
    return { results: request.requests.map((r) => refuse(r) || one(r)) }
  }

  /** @returns {[number, string]} status and document */
  async function s3({ operation, key, uploadId, partNumber, checksumSHA256 }, body) {
    const upload = uploads.get(uploadId)
    if (uploadId && !upload) return [404, '<Error><Code>NoSuchUpload</Code></Error>']
    switch (operation) {
      case 'putObject':
        if (objects.has(key)) return [412, '']
        objects.set(key, { size: body.size })
        return [200, '']
      case 'createMultipartUpload':
        uploads.set(`u-${key}`, new Map())
        return [200, `<InitiateMultipartUploadResult><UploadId>u-${key}</UploadId></InitiateMultipartUploadResult>`]
      case 'uploadPart':
        upload.set(Number(partNumber), { size: body.size, checksum: checksumSHA256 })
        return [200, '']
      case 'listParts': {
        const rest = [...upload].filter(([number]) => number > Number(partNumber ?? 0)).sort(([a], [b]) => a - b)
        const page = rest.slice(0, partsOfAPage)
        const parts = page.map(([n, { checksum }]) => `<Part><PartNumber>${n}</PartNumber><ETag>&quot;e${n}&quot;</ETag><ChecksumSHA256>${checksum}</ChecksumSHA256></Part>`)
        return [200, `<ListPartsResult><IsTruncated>${rest.length > page.length}</IsTruncated><NextPartNumberMarker>${page.at(-1)?.[0] ?? 0}</NextPartNumberMarker>${parts.join('')}</ListPartsResult>`]
      }
      case 'completeMultipartUpload': {
        if (objects.has(key)) return [412, '']
        const listed = [...body.matchAll(/<PartNumber>(\d+)<\/PartNumber><ETag>([^<]+)<\/ETag><ChecksumSHA256>([^<]+)</g)].map(([, n, , sum]) => [Number(n), sum])
        const held = [...upload].map(([n, { checksum }]) => [n, checksum]).sort(([a], [b]) => a - b)
        if (JSON.stringify(listed) !== JSON.stringify(held)) return [400, '<Error><Code>InvalidPart</Code></Error>']
        objects.set(key, { size: [...upload.values()].reduce((sum, { size }) => sum + size, 0) })
        uploads.delete(uploadId)
        return [200, '<CompleteMultipartUploadResult/>']
      }
      case 'abortMultipartUpload':
        uploads.delete(uploadId)
        return [204, '']
    }
  }

  class XMLHttpRequest {
    upload = {}
    headers = {}
    open(_, url) {
      this.url = url
    }
    setRequestHeader(name, value) {
      this.headers[name] = value
    }
    getResponseHeader() {
      return '"etag"'
    }
    abort() {}
    async send(body) {
      const request = Object.fromEntries(new URL(this.url).searchParams)
      sent.push({ ...request, headers: this.headers, bytes: body?.size })
      const failure = failures.get(request.operation)?.shift()
      if (failure === 'broken') return this.onerror()
      const answer = Array.isArray(failure) ? failure : await s3(request, body)
      if (typeof failure === 'function') failure(request)
      if (failure === 'lost') return this.onerror()
      ;[this.status, this.responseText] = answer
      this.onload()
    }
  }
  globalThis.XMLHttpRequest = XMLHttpRequest
  t.mock.method(Math, 'random', () => -0.49) // so that the waits between attempts are short

  return {
    asked, posts, sent, objects, begun: uploads, presign, fail: (operation, ...answers) => failures.set(operation, answers),
    of: (operation) => sent.filter((one) => one.operation === operation),
  }
}

/** What localStorage does. */
function storageOfABrowser() {
  return Object.create({
    getItem(name) { return this[name] ?? null },
    setItem(name, value) { this[name] = value },
    removeItem(name) { delete this[name] },
  })
}

/** A stack with parts of 8 MiB, and uploads through it. */
export function start(t, options) {
  const stack = fakeStack(t, { answer: { partSize: 8 * MIB }, ...options })
  const storage = storageOfABrowser()
  const unfinished = unfinishedUploads(() => 'johndoe', storage)
  return { ...stack, storage, unfinished, uploads: createUploads(stack.presign, unfinished) }
}
