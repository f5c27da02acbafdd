import { signedAhead } from './presigned-ahead.js'
import { persist, send, textOf } from './s3.js'
import { sha256 } from './sha256.js'

/**
 * @typedef {import('../types.d.ts').Source} Source
 * @typedef {import('../types.d.ts').UploadOptions} Options
 * @typedef {import('../types.d.ts').Unfinished} Unfinished
 * @typedef {{number: number, from: number, to: number}} Part bytes of the file, `to` not included
 * @typedef {Map<number, {etag: string, checksum: string}>} Held what S3 has, by part number
 */

/**
 * Uploads in parts. The first request makes S3 require a SHA-256 with each part; the list that completes the upload repeats
 * them.
 *
 * @param {import('../types.d.ts').Presign} presign
 * @param {import('../types.d.ts').UnfinishedUploads} unfinished
 */
export function multipart(presign, unfinished) {
  const newLane = signedAhead(presign)
  /** What this page has computed and signed for an upload, by its ID: it survives a pause. */
  const known = new Map()

  /** @param {Source} source @param {Unfinished} upload */
  function partsOf(source, upload) {
    /** @type {Map<number, Promise<string>>} */
    const sums = new Map()
    const one = {
      lane: newLane(1), // parts of a file go one after another
      /** @param {Part} part @returns {Promise<string>} */
      sum({ number, from, to }) {
        if (!sums.has(number)) {
          sums.set(number, sha256(source.data.slice(from, to)))
          sums.get(number)?.catch(() => sums.delete(number))
        }
        return /** @type {Promise<string>} */ (sums.get(number))
      },
    }
    if (!known.has(upload.uploadId)) known.set(upload.uploadId, one)
    return /** @type {typeof one} */ (known.get(upload.uploadId))
  }

  /** @param {Source} source @param {Unfinished} upload @param {Options} options @param {Held} held */
  async function sendParts(source, upload, { signal, onProgress }, held) {
    const { lane, sum } = partsOf(source, upload)
    const parts = cut(source.data.size, upload.partBytes)
    let done = 0
    // A part counts as held only if its bytes are the file's: so a file that changed unnoticed is never mixed with what it was.
    for (const part of parts) {
      const has = held.get(part.number)
      if (has && has.checksum !== (await sum(part))) held.delete(part.number)
      if (held.has(part.number)) done += part.to - part.from
      signal.throwIfAborted()
    }
    onProgress?.(done)
    const missing = parts.filter((part) => !held.has(part.number))
    const items = missing.map((part) => ({
      id: String(part.number),
      bytes: part.to - part.from,
      request: async () => ({
        operation: 'uploadPart', key: upload.key, uploadId: upload.uploadId, partNumber: part.number,
        contentLength: part.to - part.from, checksumSHA256: await sum(part),
      }),
    }))
    for (const [i, part] of missing.entries()) {
      const body = source.data.slice(part.from, part.to)
      const { etag } = await persist(signal, async () =>
        send(await lane(String(part.number), items.slice(i)), {
          body, signal, onProgress: (sent) => onProgress?.(done + Math.min(sent, body.size)),
        }))
      held.set(part.number, { etag, checksum: await sum(part) })
      done += body.size
      onProgress?.(done)
    }
    return parts.map(({ number }) => {
      const { etag, checksum } = /** @type {{etag: string, checksum: string}} */ (held.get(number))
      return `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag><ChecksumSHA256>${checksum}</ChecksumSHA256></Part>`
    })
  }

  /** @param {Unfinished} upload @param {AbortSignal} signal @returns {Promise<Held>} */
  async function list({ key, uploadId }, signal) {
    const held = new Map()
    for (let after = 0; ; ) {
      const page = await persist(signal, async () => {
        const answer = await presign({ operation: 'listParts', key, uploadId, ...(after > 0 && { partNumber: after }) })
        return (await send(answer, { signal })).text
      })
      for (const [part] of page.matchAll(/<Part>[^]*?<\/Part>/g)) {
        held.set(Number(textOf(part, 'PartNumber')), { etag: textOf(part, 'ETag'), checksum: textOf(part, 'ChecksumSHA256') })
      }
      if (textOf(page, 'IsTruncated') !== 'true') return held
      after = Number(textOf(page, 'NextPartNumberMarker'))
    }
  }

  /**
   * An answer may be lost. So if S3 does not know the upload any more after it was asked to complete it, it has done so.
   *
   * @param {string} id
   * @param {Unfinished} upload
   * @param {string[]} parts
   * @param {AbortSignal} signal
   */
  async function complete(id, upload, parts, signal) {
    const { key, uploadId } = upload
    let maybeCompleted = Boolean(upload.completing)
    unfinished.set(id, { ...upload, completing: true })
    const body = `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${parts.join('')}</CompleteMultipartUpload>`
    await persist(signal, async () => {
      const answer = await presign({ operation: 'completeMultipartUpload', key, uploadId })
      try {
        await send(answer, { body, signal })
      } catch (error) {
        const { status } = /** @type {any} */ (error)
        if (maybeCompleted && (status === 404 || (status === 412 && (await isGone(upload, signal))))) return
        maybeCompleted ||= !(status < 500 && status > 0)
        throw error
      }
    })
  }

  /** @param {Unfinished} upload @param {AbortSignal} signal */
  const isGone = (upload, signal) => list(upload, signal).then(() => false, (error) => error.status === 404)

  return {
    /**
     * @param {Source} source
     * @param {number} partBytes
     * @param {AbortSignal} signal
     * @param {() => Promise<import('../types.d.ts').Answer>} sign each time for a new key
     * @returns {Promise<Unfinished>}
     */
    async begin(source, partBytes, signal, sign) {
      const begun = await persist(signal, async () => {
        const answer = await sign()
        const uploadId = textOf((await send(answer, { signal })).text, 'UploadId')
        if (!uploadId) throw new Error('S3 began an upload without an upload ID.')
        return { key: String(answer.key), uploadId, partBytes, began: Date.now() }
      })
      unfinished.set(source.id, begun)
      return begun
    },

    /**
     * Sends what S3 does not have yet. "gone" says that S3 no longer has the upload, "taken" that its key is another's.
     *
     * @param {Source} source
     * @param {Unfinished} upload
     * @param {Options} options
     * @param {Held} [held] instead of asking S3 for it
     * @returns {Promise<{key: string} | 'gone' | 'taken'>}
     */
    async goOn(source, upload, options, held) {
      const { signal } = options
      try {
        const parts = await sendParts(source, upload, options, held ?? (await list(upload, signal)))
        await complete(source.id, upload, parts, signal)
      } catch (error) {
        const { name, status, code } = /** @type {any} */ (error)
        if (name === 'S3Error' && status === 412) {
          abort(source.id).catch(() => {}) // nobody needs its parts; the bucket drops them after a day anyway
          return 'taken'
        }
        if (code !== 'KeyOutsidePrefix' && !(name === 'S3Error' && status === 404)) throw error
        forget(source.id, upload)
        return upload.completing ? { key: upload.key } : 'gone'
      }
      forget(source.id, upload)
      return { key: upload.key }
    },

    abort,
  }

  /** @param {string} id */
  async function abort(id) {
    const upload = unfinished.get(id)
    if (!upload) return
    forget(id, upload)
    const { key, uploadId } = upload
    await send(await presign({ operation: 'abortMultipartUpload', key, uploadId }), { signal: AbortSignal.timeout(60_000) })
  }

  /** @param {string} id @param {Unfinished} upload */
  function forget(id, upload) {
    unfinished.remove(id)
    known.delete(upload.uploadId)
  }
}

/** @param {number} size @param {number} bytes of every part but the last @returns {Part[]} */
function cut(size, bytes) {
  return Array.from({ length: Math.ceil(size / bytes) }, (_, i) => ({
    number: i + 1, from: i * bytes, to: Math.min((i + 1) * bytes, size),
  }))
}
