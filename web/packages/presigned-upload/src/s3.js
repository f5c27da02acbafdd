/** Attempts at one request, and the first wait between them in milliseconds; it doubles each time. */
const ATTEMPTS = 5
const FIRST_WAIT_MS = 500
/** A connection that takes none of the body for this long is taken for broken, in milliseconds. */
const MAX_STALL_MS = 60_000
/** S3's codes for a body that was damaged or cut off on the way. */
const DAMAGED = new Set(['BadDigest', 'InvalidDigest', 'XAmzContentSHA256Mismatch', 'XAmzContentChecksumMismatch', 'IncompleteBody'])
/** Headers of an answer that a browser sets itself and lets no script set. */
const BROWSERS_OWN = new Set(['content-length', 'host'])

/** A refusal of S3, with its document as `body`; or no answer at all, with the code NETWORK. */
export class S3Error extends Error {
  /** @param {number} status 0 for no answer @param {string} [body] */
  constructor(status, body = '') {
    super(status === 0 ? 'S3 did not answer' : `S3 answered ${status} ${textOf(body, 'Code') ?? ''}`.trim())
    this.name = 'S3Error'
    this.status = status
    this.body = status === 0 ? undefined : body
    this.code = status === 0 ? 'NETWORK' : textOf(body, 'Code')
  }
}

/** Text of the first element of that name. @param {string} xml @param {string} name */
export const textOf = (xml, name) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1]

/**
 * Sends one presigned request. XMLHttpRequest, because fetch reports no progress of what it sends.
 *
 * @param {{method: string, url: string, headers: Record<string, string>}} answer the endpoint's
 * @param {{body?: Blob | string, signal: AbortSignal, onProgress?: (bytes: number) => void}} options
 * @returns {Promise<{text: string, etag: string}>}
 */
export function send({ method, url, headers }, { body, signal, onProgress }) {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const request = new XMLHttpRequest()
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let stall
    /** @param {() => void} settle */
    const end = (settle) => {
      signal.removeEventListener('abort', stop)
      clearTimeout(stall)
      settle()
    }
    const stop = () => {
      request.abort()
      end(() => reject(signal.reason))
    }
    const watch = () => {
      clearTimeout(stall)
      stall = setTimeout(() => {
        request.abort()
        end(() => reject(new S3Error(0)))
      }, MAX_STALL_MS)
    }
    request.open(method, url)
    for (const [name, value] of Object.entries(headers)) {
      if (!BROWSERS_OWN.has(name.toLowerCase())) request.setRequestHeader(name, value)
    }
    if (onProgress) {
      watch()
      request.upload.onprogress = (event) => {
        watch()
        onProgress(event.loaded)
      }
    }
    request.onerror = () => end(() => reject(new S3Error(0)))
    request.onload = () => end(() => {
      const { status, responseText: text } = request
      // S3 may begin its answer to completeMultipartUpload with 200 and say only then that it failed.
      const failed = status >= 300 ? status : /<Error>/.test(text) ? 500 : undefined
      if (failed) reject(new S3Error(failed, text))
      else resolve({ text, etag: request.getResponseHeader('ETag') ?? '' })
    })
    signal.addEventListener('abort', stop, { once: true })
    request.send(body)
  })
}

/**
 * Tries again what can pass by itself: a broken connection, a body damaged on the way, throttling, S3's own errors. A
 * status of `once` is worth one more attempt: with 403 the URL may have expired.
 *
 * @template T
 * @param {AbortSignal} signal
 * @param {() => Promise<T>} attempt
 * @param {number[]} [once]
 */
export async function persist(signal, attempt, once = [403]) {
  const met = new Set()
  for (let n = 1; ; n++) {
    await online(signal)
    try {
      return await attempt()
    } catch (error) {
      const { name, status, code } = /** @type {S3Error} */ (error)
      const again = name === 'S3Error' && (code === 'NETWORK' || status === 429 || status >= 500 || DAMAGED.has(code ?? '') || (once.includes(status) && !met.has(status)))
      if (!again || n >= ATTEMPTS) throw error
      met.add(status)
      await sleep(FIRST_WAIT_MS * 2 ** (n - 1) * (0.5 + Math.random()), signal) // jitter: many files do not come back together
    }
  }
}

/** Waits while the browser knows that it has no network. @param {AbortSignal} signal */
async function online(signal) {
  signal.throwIfAborted()
  if (navigator.onLine === false) await eventOf(globalThis, 'online', signal)
}

/** @param {number} ms @param {AbortSignal} signal */
function sleep(ms, signal) {
  const timer = new EventTarget()
  setTimeout(() => timer.dispatchEvent(new Event('over')), ms)
  return eventOf(timer, 'over', signal)
}

/** @param {EventTarget} target @param {string} name @param {AbortSignal} signal @returns {Promise<void>} */
function eventOf(target, name, signal) {
  return new Promise((resolve, reject) => {
    target.addEventListener(name, () => resolve(), { once: true, signal })
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
