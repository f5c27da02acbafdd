import { lastSegment, nameOfKey, sendableName } from 'presigned-upload'

import { Unreachable } from './errors.js'
import { newestFirst } from './listing.js'

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

/** @typedef {import('./listing.js').Stored} Stored */

/**
 * The caller's own objects: list, download, read, and delete.
 *
 * @param {import('presigned-upload').Presign} presign for the download endpoint
 * @param {import('presigned-upload').Presign} [presignDelete] for the delete endpoint, where the stage offers deletion
 */
export function createFiles(presign, presignDelete) {
  /** @param {string} [startAfter] @returns {Promise<import('./listing.js').Page>} */
  async function readPage(startAfter) {
    const response = await send('GET', await presign({ operation: 'listObjectsV2', ...(startAfter && { startAfter }) }))
    const list = new DOMParser().parseFromString(await response.text(), 'application/xml')
    return { objects: objects(list), more: text(list, 'IsTruncated') === 'true' }
  }

  return {
    list: newestFirst(readPage),

    /**
     * The URL to open. S3 sends the object as an attachment of that name.
     *
     * @param {string} key
     */
    async downloadUrl(key) {
      const filename = sendableName(nameOfKey(key) ?? (await nameByType(presign, key)))
      return (await presign({ operation: 'getObject', key, filename })).url
    },

    /** @param {string} key @returns {Promise<Blob>} of the type that it was uploaded with */
    async content(key) {
      return (await send('GET', await presign({ operation: 'getObject', key }))).blob()
    },

    /** Absent where the stage offers no deletion. */
    remove: presignDelete && (async (/** @type {string} */ key) => {
      await send('DELETE', await presignDelete({ operation: 'deleteObject', key }))
    }),
  }
}

/**
 * A key without a filename, as the article has it: its content type says the extension.
 *
 * @param {import('presigned-upload').Presign} presign
 * @param {string} key
 */
async function nameByType(presign, key) {
  const head = await send('HEAD', await presign({ operation: 'headObject', key }))
  const type = head.headers.get('content-type')?.split(';')[0] ?? ''
  return lastSegment(key) + (ENDINGS.get(type) ?? '')
}

/** @param {string} method @param {import('presigned-upload').Answer} answer */
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
