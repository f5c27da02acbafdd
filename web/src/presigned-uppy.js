/**
 * Uppy's S3 plugin on the presigning endpoint, in `signRequest` mode. Copy this file, or import it:
 *
 *     uppy.use(AwsS3, presignedUploads(uppy, presign))
 *
 * where `presign(request)` posts the request to the endpoint with the caller's access token and gives back the
 * answer's JSON. Nothing else is needed: this module imports nothing and keeps no token.
 */

/** Smallest part but the last that S3 takes, in bytes. Uppy keeps to it too. */
const MIN_PART_BYTES = 5 * 1024 * 1024
/** Parts of one upload that S3 takes. */
const MAX_PARTS = 10_000
/** Largest single PUT whose SHA-256 is computed, in bytes: browsers hash only what is in memory as a whole. */
const MAX_HASHED_BYTES = 32 * 1024 * 1024
/** Headers of an answer that a browser sets itself and lets no script set. */
const BROWSERS_OWN = new Set(['content-length', 'host'])

/**
 * @typedef {{url: string, headers: Record<string, string>, key?: string, partSize?: number, maxUploadBytes?: number}} Answer
 * @typedef {(request: Record<string, string | number>) => Promise<Answer>} Presign
 * @typedef {{method: string, key: string, uploadId?: string, partNumber?: number}} S3Request what Uppy asks to sign
 * @typedef {{id: string, size: number | null, type?: string, data?: any, s3Multipart?: {key: string}}} File
 */

/**
 * Options for `@uppy/aws-s3` 6 that upload through the endpoint.
 *
 * @param {any} uppy
 * @param {Presign} presign
 */
export function presignedUploads(uppy, presign) {
  const stage = learnStage(uppy, presign)
  const presignNew = newKeys(presign)

  /** @param {S3Request} request */
  async function signRequest({ method, key, uploadId, partNumber }) {
    if (uploadId === undefined) {
      const file = uppy.getFile(key) // generateObjectKey, below, proposed the file's ID
      return forUppy(await presignNew(method === 'PUT' ? await putObject(file) : createMultipartUpload(file)))
    }
    if (partNumber === undefined) {
      return forUppy(await presign({ operation: operationOnUpload(method), key, uploadId }))
    }
    const contentLength = lengthOfPart(fileOfKey(uppy, key), partNumber, stage.partBytes)
    return forUppy(await presign({ operation: 'uploadPart', key, uploadId, partNumber, contentLength }))
  }

  return {
    signRequest,
    generateObjectKey: (/** @type {File} */ file) => file.id, // the endpoint chooses the key, so this only names the file
    shouldUseMultipart: (/** @type {File} */ file) => stage.takesInParts(file.size ?? 0),
    getChunkSize: (/** @type {{size: number}} */ file) => stage.partBytes(file.size),
  }
}

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

/**
 * Presigns for new keys one after another, and asks again for a key that was given before. Keys are milliseconds, so
 * two files dropped together could get the same one, and S3 would refuse the second write.
 *
 * @param {Presign} presign
 * @returns {Presign}
 */
function newKeys(presign) {
  const given = new Set()
  let last = Promise.resolve()
  return (request) => {
    const answer = last.then(async () => {
      for (;;) {
        const answer = await presign(request)
        if (given.has(answer.key)) continue
        given.add(answer.key)
        return answer
      }
    })
    last = answer.then(() => {}, () => {})
    return answer
  }
}

/** @param {File} file */
async function putObject(file) {
  const request = { operation: 'putObject', contentType: typeOf(file), contentLength: file.data.size }
  if (file.data.size > MAX_HASHED_BYTES || !globalThis.crypto?.subtle) return request
  return { ...request, checksumSHA256: await sha256(file.data) }
}

/** @param {File} file */
const createMultipartUpload = (file) => ({ operation: 'createMultipartUpload', contentType: typeOf(file) })

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
 * A browser leaves the type empty when it does not know it; what is signed must not be empty.
 *
 * @param {File} file
 */
const typeOf = (file) => file.type || 'application/octet-stream'

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

/**
 * @param {File} file
 * @param {number} partNumber
 * @param {(size: number) => number} partBytes
 */
function lengthOfPart(file, partNumber, partBytes) {
  const bytes = partBytes(file.data.size)
  return Math.min(bytes, file.data.size - (partNumber - 1) * bytes)
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
