import { Problem, SessionExpired, Unreachable } from './errors.js'

/** Attempts at one request, and the first wait between them in milliseconds; it doubles each time. */
const ATTEMPTS = 4
const FIRST_WAIT_MS = 300

/** @param {number} ms */
const sleep = (ms) => new Promise((done) => setTimeout(done, ms))

/**
 * A function that posts one request to an endpoint and gives back its answer.
 *
 * @param {string} url
 * @param {(renew?: boolean) => Promise<string>} accessToken
 * @param {(ms: number) => Promise<unknown>} [wait]
 * @returns {import('presigned-upload').Presign}
 */
export function presigner(url, accessToken, wait = sleep) {
  /** @param {Record<string, unknown>} request @param {boolean} renew */
  const post = (request, renew) =>
    persist(wait, async () => {
      const token = await accessToken(renew)
      return fetch(url, {
        method: 'POST',
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
        body: JSON.stringify(request),
      })
    })

  return async (request) => {
    let response = await post(request, false)
    if (response.status === 401) response = await post(request, true) // this machine's clock may be wrong
    if (response.status === 401) throw new SessionExpired()
    if (!response.ok) throw new Problem(response.status, await response.json().catch(() => ({})))
    return response.json()
  }
}

/**
 * Sends until something other than "later" comes back. A broken connection, throttling and the server's own errors
 * pass; anything else would fail again.
 *
 * @param {(ms: number) => Promise<unknown>} wait
 * @param {() => Promise<Response>} send
 */
async function persist(wait, send) {
  for (let attempt = 1; ; attempt++) {
    await online()
    const response = await send().catch(passing)
    const later = !response || response.status === 429 || response.status >= 500
    if (response && !later) return response
    if (attempt >= ATTEMPTS) {
      if (!response) throw new Unreachable()
      return response
    }
    // Jitter, so that the parts of many files do not come back together.
    await wait(FIRST_WAIT_MS * 2 ** (attempt - 1) * (0.5 + Math.random()))
  }
}

/** Lets pass what a broken connection throws. @param {Error} error @returns {undefined} */
function passing(error) {
  const broken = error instanceof TypeError || error.name === 'NetworkError' // fetch's own, and Amplify's
  if (!broken) throw error
}

/** Waits while the browser knows that it has no network. */
function online() {
  if (navigator.onLine !== false) return Promise.resolve()
  return new Promise((done) => globalThis.addEventListener('online', done, { once: true }))
}
