import { sendableName } from './names.js'
import { multipart } from './multipart.js'
import { signedAhead } from './presigned-ahead.js'
import { persist, send } from './s3.js'
import { sha256 } from './sha256.js'
import { learnedStage } from './stage.js'
import { unfinishedUploads } from './unfinished.js'

/** Files that may be on their way at the same time: as many connections as a browser opens to one host. */
export const FILES_AT_ONCE = 6
/** The content type of a file of unknown type. */
const UNKNOWN_TYPE = 'application/octet-stream'

/**
 * @typedef {import('../types.d.ts').Answer} Answer
 * @typedef {import('../types.d.ts').Presign} Presign
 * @typedef {import('../types.d.ts').Request} Request
 * @typedef {import('../types.d.ts').Source} Source
 * @typedef {import('../types.d.ts').UploadOptions} Options
 */

/**
 * Uploads through the endpoint: small files in one PUT, large ones in parts. Everything that is sent carries its SHA-256,
 * so S3 refuses what was damaged on the way, and it is sent again. A large file continues where it was.
 *
 * @param {Presign} presign
 * @param {import('../types.d.ts').UnfinishedUploads} [unfinished]
 * @returns {import('../types.d.ts').Uploads}
 */
export function createUploads(presign, unfinished = unfinishedUploads(() => undefined)) {
  const stage = learnedStage()
  const files = signedAhead(presign)(FILES_AT_ONCE)
  const inParts = multipart(presign, unfinished)
  /** What is not signed for yet, by ID. @type {Map<string, Source>} */
  const upcoming = new Map()

  /** @param {Source} source @param {'POST' | 'PUT'} method */
  async function sign(source, method) {
    upcoming.delete(source.id)
    const others = [...upcoming.values()].map((other) => newObject(other, stage.takesInParts(other.data.size) ? 'POST' : 'PUT'))
    try {
      return await files(`${method} ${source.id}`, [newObject(source, method), ...others])
    } catch (error) {
      const { otherType } = source
      const refused = /** @type {any} */ (error).code === 'ContentTypeNotAllowed'
      if (!refused || !otherType || otherType === typeOf(source)) throw error
      return presign(await newObject({ ...source, type: otherType }, method).request())
    }
  }

  /** @param {Source} source @param {Options} options @returns {Promise<{key: string}>} */
  async function whole(source, options) {
    /** @type {Answer | undefined} */
    let answer
    await persist(options.signal, async () => {
      const url = (answer ??= await sign(source, 'PUT'))
      try {
        await send(url, { ...options, body: source.data })
      } catch (error) {
        // A key that was taken meanwhile is left alone: the file gets another. Else the key stays, or a PUT whose answer was
        // lost would be stored twice.
        if ([403, 412].includes(/** @type {any} */ (error).status)) answer = undefined
        throw error
      }
    }, [403, 412])
    return { key: String(answer?.key) }
  }

  /**
   * A URL to begin an upload in parts, or undefined where the file goes up whole.
   *
   * @param {Source} source
   * @returns {Promise<Answer | undefined>}
   */
  async function firstOfParts(source) {
    if (!stage.takesInParts(source.data.size)) return
    try {
      const answer = await sign(source, 'POST')
      stage.learn(answer)
      return stage.takesInParts(source.data.size) ? answer : undefined
    } catch (error) {
      if (/** @type {any} */ (error).code !== 'OperationNotEnabled') throw error
      stage.onlyWhole()
    }
  }

  /** @type {(...args: Parameters<typeof inParts.goOn>) => Promise<{key: string} | undefined>} */
  async function goOn(source, upload, options, held) {
    const outcome = await inParts.goOn(source, upload, options, held)
    if (typeof outcome === 'object') return outcome
    if (outcome === 'gone') options.onRestart?.()
  }

  return {
    /** What will be uploaded soon: signed for together. @param {Source[]} sources */
    announce: (sources) => sources.forEach((source) => upcoming.set(source.id, source)),

    /**
     * Uploads a file, or continues with it.
     *
     * @param {Source} source
     * @param {Options} options
     */
    async upload(source, options) {
      const before = unfinished.get(source.id)
      if (before) upcoming.delete(source.id)
      const done = before && (await goOn(source, before, options))
      if (done) return done
      const first = await firstOfParts(source)
      if (!first) return whole(source, options)
      let answer = /** @type {Answer | undefined} */ (first)
      for (let tries = 2; tries > 0; tries--) {
        const begun = await inParts.begin(source, stage.partBytes(source.data.size), options.signal, async () => {
          const unused = answer ?? (await sign(source, 'POST'))
          answer = undefined
          return unused
        })
        const done = await goOn(source, begun, options, new Map())
        if (done) return done
      }
      throw new Error('S3 dropped this upload twice. Retry in a while.')
    },

    /** Drops what S3 has of a file that is not finished. @param {string} id */
    abort(id) {
      upcoming.delete(id)
      return inParts.abort(id)
    },
  }
}

/** @param {Source} source @param {'POST' | 'PUT'} method */
const newObject = (source, method) => ({
  id: `${method} ${source.id}`,
  bytes: source.data.size,
  request: async () => (method === 'PUT' ? putObject(source) : createMultipartUpload(source)),
})

/** @param {Source} source */
const putObject = async (source) => ({
  operation: 'putObject', ...described(source), contentLength: source.data.size, checksumSHA256: await sha256(source.data),
})

/** @param {Source} source */
const createMultipartUpload = (source) => ({ operation: 'createMultipartUpload', ...described(source), checksumAlgorithm: 'SHA256' })

/** @param {Source} source */
const described = (source) => ({ contentType: typeOf(source), ...(source.name && { filename: sendableName(source.name) }) })

/** @param {File} file @returns {Source} */
export const sourceOf = (file) => ({
  id: [file.webkitRelativePath || file.name, file.size, file.lastModified, file.type].join(' '), data: file, name: file.name, type: file.type,
})

/** A browser leaves the type empty when it does not know it; what is signed must not be empty. @param {Source} source */
const typeOf = (source) => source.type || UNKNOWN_TYPE
