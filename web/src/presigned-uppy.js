import { getFileType } from '@uppy/core/utils'

import { signedAhead } from './presigned-ahead.js'
import { sendableName } from './names.js'

/**
 * Uppy's S3 plugin on the presigning endpoint, in `signRequest` mode:
 *
 *     uppy.use(AwsS3, presignedUploads(uppy, presign))
 *
 * where `presign(request)` posts the request to the endpoint with the caller's access token and gives back the
 * answer's JSON. A request may be a batch. Nothing else is needed: this module keeps no token.
 */

/** Smallest part but the last that S3 takes, in bytes. Uppy keeps to it too. */
const MIN_PART_BYTES = 5 * 1024 * 1024
/** Parts of one upload that S3 takes. */
const MAX_PARTS = 10_000
/** Largest single PUT whose SHA-256 is computed, in bytes: browsers hash only what is in memory as a whole. */
const MAX_HASHED_BYTES = 32 * 1024 * 1024
/** Files that Uppy sends at the same time: the default of its `limit`. */
const FILES_AT_ONCE = 6
/** The type of a file whose own is not known. */
const UNKNOWN_TYPE = 'application/octet-stream'
/** Headers of an answer that a browser sets itself and lets no script set. */
const BROWSERS_OWN = new Set(['content-length', 'host'])

/**
 * @typedef {{url: string, headers: Record<string, string>, key?: string, partSize?: number, maxUploadBytes?: number}} Answer
 * @typedef {Record<string, string | number>} Request
 * @typedef {(request: Request | {requests: Request[]}) => Promise<any>} Presign gives an Answer, or the results of a batch
 * @typedef {{method: string, key: string, uploadId?: string, partNumber?: number}} S3Request what Uppy asks to sign
 * @typedef {{id: string, name: string, size: number | null, type?: string, data?: any, s3Multipart?: {key: string}}} File
 */

/**
 * Options for `@uppy/aws-s3` 6 that upload through the endpoint.
 *
 * @param {any} uppy
 * @param {Presign} presign
 */
export function presignedUploads(uppy, presign) {
  const stage = learnStage(uppy, presign)
  const newLane = signedAhead(presign)
  /** @type {Map<string, ReturnType<typeof newLane>>} */
  const partsOf = new Map() // by upload ID
  const files = newLane(FILES_AT_ONCE)
  /** @type {Set<string>} */
  const waiting = new Set() // files of this drop that are not signed for yet

  uppy.addPreProcessor(async (/** @type {string[]} */ ids) => ids.forEach((id) => waiting.add(id)))

  /** The file, and those that follow it. @param {string} first @param {string} method */
  function* newObjects(first, method) {
    waiting.delete(first)
    yield newObject(uppy.getFile(first), method) // generateObjectKey, below, proposed the file's ID
    for (const file of [...waiting].map((id) => uppy.getFile(id))) {
      if (file) yield newObject(file, stage.takesInParts(file.size) ? 'POST' : 'PUT')
    }
  }

  /** @param {string} key @param {string} uploadId @param {number} first */
  function* parts(key, uploadId, first) {
    const file = fileOfKey(uppy, key)
    const bytes = stage.partBytes(file.data.size)
    for (let partNumber = first; (partNumber - 1) * bytes < file.data.size; partNumber++) {
      const contentLength = Math.min(bytes, file.data.size - (partNumber - 1) * bytes)
      const request = { operation: 'uploadPart', key, uploadId, partNumber, contentLength }
      yield { id: String(partNumber), bytes: contentLength, request: async () => request }
    }
  }

  /** @param {S3Request} request */
  async function signRequest({ method, key, uploadId, partNumber }) {
    if (uploadId === undefined) {
      const upcoming = newObjects(key, method)
      return forUppy(await files(`${method} ${key}`, upcoming).catch((error) => withKnownType(uppy.getFile(key), method, error)))
    }
    if (partNumber === undefined) {
      if (method !== 'GET') partsOf.delete(uploadId)
      return forUppy(await presign({ operation: operationOnUpload(method), key, uploadId }))
    }
    const lane = partsOf.get(uploadId) ?? newLane(1) // Uppy sends the parts of a file one after another
    partsOf.set(uploadId, lane)
    return forUppy(await lane(String(partNumber), parts(key, uploadId, partNumber)))
  }

  /**
   * Browsers take some types from what is installed: Windows with Excel calls CSV "application/vnd.ms-excel". Where such
   * a type is refused, the type that belongs to the extension is tried.
   *
   * @param {File} file
   * @param {string} method
   * @param {any} error
   */
  async function withKnownType(file, method, error) {
    if (error.code !== 'ContentTypeNotAllowed') throw error
    const known = { ...file, type: getFileType({ name: file.name }) }
    if ([UNKNOWN_TYPE, typeOf(file)].includes(typeOf(known))) throw error
    return presign(await newObject(known, method).request())
  }

  return {
    signRequest,
    generateObjectKey: (/** @type {File} */ file) => file.id, // the endpoint chooses the key, so this only names the file
    shouldUseMultipart: (/** @type {File} */ file) => stage.takesInParts(file.size ?? 0),
    getChunkSize: (/** @type {{size: number}} */ file) => stage.partBytes(file.size),
  }
}

/** @param {File} file @param {string} method */
const newObject = (file, method) => ({
  id: `${method} ${file.id}`,
  bytes: file.data.size,
  request: async () => (method === 'PUT' ? putObject(file) : createMultipartUpload(file)),
})

/**
 * What the stage says of multipart uploads. Uppy cuts a file into parts before it starts the upload, so the part size
 * has to be known earlier. Asking costs nothing: a presigned URL that nobody uses leaves no trace in S3.
 *
 * @param {any} uppy
 * @param {Presign} presign
 */
function learnStage(uppy, presign) {
  /** @type {Answer | undefined} */
  let said

  uppy.addPreProcessor(async (/** @type {string[]} */ ids) => {
    for (const file of ids.map((id) => uppy.getFile(id))) {
      if (said || file.size <= MIN_PART_BYTES) continue
      // A refusal is met again when the file itself is signed, and shown as that file's error.
      said = await presign(createMultipartUpload(file)).catch(() => undefined)
    }
  })

  /** @param {number} size */
  const partBytes = (size) => {
    const bytes = Math.max(said?.partSize ?? size, MIN_PART_BYTES)
    return Math.ceil(size / bytes) > MAX_PARTS ? Math.ceil(size / MAX_PARTS) : bytes
  }
  /** @param {number} size */
  const takesInParts = (size) => {
    if (!said) return false
    // A file over the bound goes to the endpoint as one PUT, which it refuses at once and in its own words.
    return size > partBytes(size) && size <= (said.maxUploadBytes ?? Infinity)
  }
  return { partBytes, takesInParts }
}

/** @param {File} file */
async function putObject(file) {
  const request = { operation: 'putObject', ...described(file), contentLength: file.data.size }
  if (file.data.size > MAX_HASHED_BYTES || !globalThis.crypto?.subtle) return request
  return { ...request, checksumSHA256: await sha256(file.data) }
}

/** @param {File} file */
const createMultipartUpload = (file) => ({ operation: 'createMultipartUpload', ...described(file) })

/** @param {File} file */
const described = (file) => ({ contentType: typeOf(file), ...(file.name && { filename: sendableName(file.name) }) })

/** @param {string} method */
function operationOnUpload(method) {
  switch (method) {
    case 'GET':
      return 'listParts'
    case 'POST':
      return 'completeMultipartUpload'
    case 'DELETE':
      return 'abortMultipartUpload'
  }
  throw new TypeError(`cannot presign ${method} of an upload: want GET, POST or DELETE`)
}

/**
 * A browser leaves the type empty when it does not know it; what is signed must not be empty. Uppy's table of types gives
 * a function for an extension like "constructor".
 *
 * @param {File} file
 */
const typeOf = (file) => (typeof file.type === 'string' && file.type) || UNKNOWN_TYPE

/**
 * @param {any} uppy
 * @param {string} key
 * @returns {File}
 */
function fileOfKey(uppy, key) {
  const file = uppy.getFiles().find((/** @type {File} */ file) => file.s3Multipart?.key === key)
  if (!file) throw new Error(`no file is being uploaded to key "${key}"`)
  return file
}

/** @param {Blob} data */
async function sha256(data) {
  const digest = await crypto.subtle.digest('SHA-256', await data.arrayBuffer())
  return btoa(String.fromCharCode(...new Uint8Array(digest)))
}

/** @param {Answer} answer */
function forUppy({ url, key, headers }) {
  const settable = Object.entries(headers).filter(([name]) => !BROWSERS_OWN.has(name.toLowerCase()))
  return { url, key, headers: Object.fromEntries(settable) }
}
