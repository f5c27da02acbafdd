import { Unreachable } from './errors.js'
import { lastSegment, nameOfKey, sendableName } from './names.js'

/** Pages of 1,000 keys that are read at most: what comes first in a bucket is oldest, and people want the newest. */
const MAX_PAGES = 10

/** What a file is called when only its content type is known. Others get no ending. */
const ENDINGS = new Map([
  ['application/json', '.json'],
  ['application/pdf', '.pdf'],
  ['application/zip', '.zip'],
  ['image/gif', '.gif'],
  ['image/jpeg', '.jpg'],
  ['image/png', '.png'],
  ['image/svg+xml', '.svg'],
  ['image/webp', '.webp'],
  ['text/csv', '.csv'],
  ['text/html', '.html'],
  ['text/plain', '.txt'],
  ['video/mp4', '.mp4'],
])

/** @typedef {{key: string, size: number, uploaded: Date}} Stored */

/**
 * The caller's own objects: list, and download.
 *
 * @param {import('./presigned-upload.js').Presign} presign for the download endpoint
 */
export function createFiles(presign) {
  return {
    /** Newest first; `complete` is false when there are more than were read. */
    async list() {
      /** @type {Stored[]} */
      const found = []
      let token
      for (let page = 0; page < MAX_PAGES; page++) {
        const request = { operation: 'listObjectsV2', ...(token && { continuationToken: token }) }
        const response = await send('GET', await presign(request))
        const list = new DOMParser().parseFromString(await response.text(), 'application/xml')
        found.push(...objects(list))
        token = text(list, 'NextContinuationToken')
        if (!token) break
      }
      found.sort((a, b) => b.uploaded.getTime() - a.uploaded.getTime() || b.key.localeCompare(a.key))
      return { files: found, complete: !token }
    },

    /**
     * The URL to open. S3 sends the object as an attachment of that name.
     *
     * @param {string} key
     */
    async downloadUrl(key) {
      const filename = sendableName(nameOfKey(key) ?? (await nameByType(presign, key)))
      return (await presign({ operation: 'getObject', key, filename })).url
    },
  }
}

/**
 * A key without a filename, as the article has it: its content type says the extension.
 *
 * @param {import('./presigned-upload.js').Presign} presign
 * @param {string} key
 */
async function nameByType(presign, key) {
  const head = await send('HEAD', await presign({ operation: 'headObject', key }))
  const type = head.headers.get('content-type')?.split(';')[0] ?? ''
  return lastSegment(key) + (ENDINGS.get(type) ?? '')
}

/** @param {string} method @param {import('./presigned-upload.js').Answer} answer */
async function send(method, { url, headers }) {
  const response = await fetch(url, { method, headers }).catch(() => {
    throw new Unreachable()
  })
  if (!response.ok) throw Object.assign(new Error(), { status: response.status, body: await response.text() })
  return response
}

/** @param {Document} list @returns {Stored[]} */
function objects(list) {
  return [...list.getElementsByTagName('Contents')].map((one) => ({
    key: text(one, 'Key') ?? '',
    size: Number(text(one, 'Size')),
    uploaded: new Date(text(one, 'LastModified') ?? 0),
  }))
}

/** @param {Document | Element} within @param {string} name */
const text = (within, name) => within.getElementsByTagName(name)[0]?.textContent || undefined
