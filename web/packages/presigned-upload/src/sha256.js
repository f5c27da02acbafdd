import { Sha256 } from '@aws-crypto/sha256-js'

/** Most bytes that are hashed in memory as a whole. Browsers hash fast, but offer no stream. */
const MAX_IN_MEMORY_BYTES = 64 * 1024 * 1024

/**
 * The SHA-256 of a blob of any size, in base64. A larger one is hashed in a stream, by JavaScript, and so is any on a page
 * without `crypto.subtle`, which browsers offer only over https and on localhost.
 *
 * @param {Blob} data
 */
export async function sha256(data) {
  const digest = data.size <= MAX_IN_MEMORY_BYTES && globalThis.crypto?.subtle
    ? new Uint8Array(await crypto.subtle.digest('SHA-256', await data.arrayBuffer()))
    : await streamed(data)
  return btoa(String.fromCharCode(...digest))
}

/** @param {Blob} data */
async function streamed(data) {
  const hash = new Sha256()
  const reader = data.stream().getReader()
  for (let next = await reader.read(); !next.done; next = await reader.read()) hash.update(next.value)
  return hash.digest()
}
