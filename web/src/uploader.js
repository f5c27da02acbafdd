import Uppy from '@uppy/core'
import Dashboard from '@uppy/dashboard'
import AwsS3 from '@uppy/aws-s3'
import '@uppy/core/css/style.min.css'
import '@uppy/dashboard/css/style.min.css'

import { presignedUploads } from './presigned-uppy.js'
import { uploadWords } from './words.js'

/**
 * The drop area with its queue.
 *
 * @param {object} o
 * @param {string} o.target selector of the element to fill
 * @param {import('./presigned-uppy.js').Presign} o.presign for the upload endpoint
 * @param {(file: {id: string, name: string, key: string}) => void} o.onStored
 * @param {(file: {id: string, name: string}, words: string, error: any) => void} o.onFailed
 * @param {(fileId: string) => void} o.onGone the file was removed, or is being tried again
 */
export function createUploader({ target, presign, onStored, onFailed, onGone }) {
  const uppy = new Uppy({ id: 'uploads', restrictions: { minFileSize: 1 } }) // S3 signs no length of zero
  uppy.use(Dashboard, {
    target,
    inline: true,
    width: '100%',
    height: 380,
    theme: 'auto',
    proudlyDisplayPoweredByUppy: false,
    fileManagerSelectionType: 'both',
    note: 'Large files go up in parts: pause them, and go on later.',
    disableInformer: true, // the page says what failed, and why, under the drop area: it stays there
    doneButtonHandler: () => uppy.clear(),
  })
  uppy.use(AwsS3, presignedUploads(uppy, presign))

  uppy.on('upload-success', (file, response) => {
    if (file) onStored({ id: file.id, name: file.name, key: String(response.body?.key) })
  })
  uppy.on('upload-error', (file, error) => {
    if (file) onFailed(file, uploadWords(error), error)
  })
  uppy.on('upload-retry', (file) => onGone(file.id))
  uppy.on('retry-all', (files) => files.forEach((file) => onGone(file.id)))
  uppy.on('file-removed', (file) => onGone(file.id))
  uppy.on('restriction-failed', (file, error) => {
    if (file) onFailed({ id: file.id, name: file.name ?? '' }, error.message, error)
  })
  recover(uppy)
  return uppy
}

/**
 * What passes by itself is tried again without a click.
 *
 * @param {Uppy<any, any>} uppy
 */
function recover(uppy) {
  const disconnected = new Set()
  const collided = new Set()
  uppy.on('upload-error', (file, error) => {
    if (!file) return
    const { code, status } = /** @type {{code?: string, status?: number}} */ (error)
    if (code === 'NETWORK') disconnected.add(file.id)
    // The upload ID is of no use any more, or its key is taken: a retry has to start anew.
    if (status === 404 || status === 412) uppy.setFileState(file.id, { s3Multipart: undefined })
    if (status === 412 && !collided.has(file.id)) {
      collided.add(file.id) // once: a new key is all it takes
      uppy.retryUpload(file.id)
    }
  })
  for (const event of /** @type {const} */ (['upload-retry', 'file-removed', 'upload-success'])) {
    uppy.on(event, (/** @type {{id: string} | undefined} */ file) => disconnected.delete(file?.id))
  }
  uppy.on('back-online', () => {
    for (const id of [...disconnected]) uppy.retryUpload(id)
  })
}
