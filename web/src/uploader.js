import Uppy from '@uppy/core'
import Dashboard from '@uppy/dashboard'
import { PresignedUploads } from 'presigned-uppy'
import '@uppy/core/css/style.min.css'
import '@uppy/dashboard/css/style.min.css'

import { byId } from './dom.js'
import { oneTabStop } from './one-tab-stop.js'
import { recover } from './recover.js'
import { isUnreadable, uploadWords } from './words.js'

/**
 * The drop area with its queue.
 *
 * @param {object} o
 * @param {string} o.target selector of the element to fill
 * @param {import('presigned-upload').Presign} o.presign for the upload endpoint
 * @param {import('presigned-upload').UnfinishedUploads} o.unfinished
 * @param {(file: {id: string, name: string, key: string, size: number}) => void} o.onStored
 * @param {(file: {id: string, name: string}, words: string, error: any) => void} o.onFailed
 * @param {() => void} o.onChosen
 * @param {(fileId: string) => void} o.onGone the file was removed, or is being tried again
 * @param {(file: {id: string, name: string}) => void} o.onRestart S3 no longer had what was uploaded of the file
 */
export function createUploader({ target, presign, unfinished, onChosen, onStored, onFailed, onGone, onRestart }) {
  const uppy = new Uppy({ id: 'uploads' })
  uppy.use(Dashboard, {
    target,
    inline: true,
    width: '100%',
    height: 380,
    theme: 'auto',
    proudlyDisplayPoweredByUppy: false,
    fileManagerSelectionType: 'both',
    note: 'Large files go up in parts: pause them, and continue later.',
    disableInformer: true, // the page says what failed, and why, under the drop area: it stays there
    // Uppy's estimate begins with the rate of the first file to end, and forgets it slowly: 24 MB beside an icon of 41 B had
    // hours left until they were there.
    locale: { strings: { xTimeLeft: 'keep this page open' } },
    doneButtonHandler: () => uppy.clear(),
  })
  oneTabStop(byId(target.slice(1)))
  uppy.use(PresignedUploads, { presign, unfinished })
  uppy.on('presigned:restart', onRestart)

  uppy.on('file-added', onChosen)
  uppy.on('upload-success', (file, response) => {
    if (file) onStored({ id: file.id, name: file.name, size: file.size ?? 0, key: String(response.body?.key) })
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
