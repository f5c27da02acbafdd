import Uppy from '@uppy/core'
import Dashboard from '@uppy/dashboard'
import AwsS3 from '@uppy/aws-s3'
import '@uppy/core/css/style.min.css'
import '@uppy/dashboard/css/style.min.css'

import { presignedUploads } from './presigned-uppy.js'
import { recover } from './recover.js'
import { isUnreadable, uploadWords } from './words.js'

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
  const uppy = new Uppy({ id: 'uploads' })
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
  uppy.on('upload-error', async (file, error) => {
    if (!file) return
    const reason = (await unreadable(file.data)) ?? error
    onFailed(file, uploadWords(reason), reason)
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
 * Why the file cannot be read, or undefined: a browser reports a file that changed while it was sent as a broken connection.
 *
 * @param {any} data
 */
async function unreadable(data) {
  try {
    await data.slice(0, 1).arrayBuffer()
  } catch (error) {
    if (isUnreadable(error)) return error
  }
}
