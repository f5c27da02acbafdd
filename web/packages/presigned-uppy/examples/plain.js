// Uppy in a page without a framework. The page has <div id="uploader"></div>, and its own sign-in.
import Uppy from '@uppy/core'
import { PresignedUploads } from 'presigned-uppy'

/** @param {string} uploadUrl the stack's output UploadUrl @param {() => Promise<string>} accessToken */
export function createUppy(uploadUrl, accessToken) {
  /** @type {import('presigned-upload').Presign} */
  const presign = async (request) => {
    const response = await fetch(uploadUrl, {
      method: 'POST',
      headers: { Authorization: `Bearer ${await accessToken()}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(request),
    })
    const answer = await response.json()
    if (!response.ok) throw Object.assign(new Error(`${answer.detail} (${answer.code})`), answer)
    return answer
  }
  return new Uppy().use(PresignedUploads, { presign })
}
