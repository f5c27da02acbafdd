import { BasePlugin } from '@uppy/core'
import { filterFilesToEmitUploadStarted, filterFilesToUpload, getFileType } from '@uppy/core/utils'

import { createUploads, FILES_AT_ONCE } from 'presigned-upload'

/**
 * Uploads Uppy's files through the presigning endpoint:
 *
 *     uppy.use(PresignedUploads, { presign })
 *
 * It takes the place of `@uppy/aws-s3`, which sends no checksums with its parts, names none when it completes an upload,
 * and reads only the first 1,000 parts when it resumes one.
 *
 * @extends {BasePlugin<any, any, any>}
 */
export class PresignedUploads extends BasePlugin {
  /** Of each file that is being uploaded: how to stop it. @type {Map<string, AbortController>} */
  #running = new Map()
  #uploads
  #installed = false

  /** @param {import('@uppy/core').Uppy<any, any>} uppy @param {import('../types.d.ts').PresignedOptions} options */
  constructor(uppy, options) {
    super(uppy, options)
    this.type = 'uploader'
    this.id = 'PresignedUploads'
    this.#uploads = createUploads(options.presign, options.unfinished)
  }

  install() {
    this.#installed = true
    this.#canPause(true)
    this.uppy.addUploader(this.#uploadAll)
    this.uppy.on('file-removed', this.#drop)
    this.uppy.on('upload-pause', this.#pause)
    this.uppy.on('pause-all', this.#pause)
  }

  uninstall() {
    this.#installed = false
    this.#canPause(false)
    this.uppy.removeUploader(this.#uploadAll)
    this.uppy.off('file-removed', this.#drop)
    this.uppy.off('upload-pause', this.#pause)
    this.uppy.off('pause-all', this.#pause)
    for (const running of this.#running.values()) running.abort()
  }

  /** @param {boolean} resumableUploads */
  #canPause(resumableUploads) {
    this.uppy.setState({ capabilities: { ...this.uppy.getState().capabilities, resumableUploads } })
  }

  #pause = () => {
    for (const [id, running] of this.#running) {
      if (this.uppy.getFile(id)?.isPaused) running.abort()
    }
  }

  /** @param {any} file */
  #drop = (file) => {
    this.#running.get(file.id)?.abort()
    if (!file.progress.uploadStarted || file.progress.uploadComplete) return
    this.#uploads.abort(file.id).catch((error) => this.uppy.log(error, 'warning')) // the bucket drops its parts after a day
  }

  /** @param {string[]} ids */
  #uploadAll = async (ids) => {
    const files = filterFilesToUpload(this.uppy.getFilesByIds(ids))
    this.uppy.emit('upload-start', filterFilesToEmitUploadStarted(files))
    this.#uploads.announce(files.map(sourceOf))
    const queue = files.map(({ id }) => id)
    const work = async () => {
      for (let id = queue.shift(); id !== undefined; id = queue.shift()) await this.#upload(id)
    }
    await Promise.all(Array.from({ length: FILES_AT_ONCE }, work))
  }

  /** @param {string} id */
  async #upload(id) {
    while (this.#installed && (await this.#goes(id))) {
      const stop = new AbortController()
      this.#running.set(id, stop)
      const file = this.uppy.getFile(id)
      try {
        const { key } = await this.#send(file, stop.signal)
        if (this.uppy.getFile(id)) this.uppy.emit('upload-success', file, { status: 200, body: { key } })
        return
      } catch (error) {
        if (stop.signal.aborted) continue // paused, or removed: the file or this plugin
        this.uppy.emit('upload-error', file, /** @type {Error} */ (error))
        return
      } finally {
        this.#running.delete(id)
      }
    }
  }

  /** @param {any} file @param {AbortSignal} signal */
  #send(file, signal) {
    return this.#uploads.upload(sourceOf(file), {
      signal,
      onProgress: (bytesUploaded) => {
        const { uploadStarted } = file.progress
        if (!signal.aborted) this.uppy.emit('upload-progress', file, { uploadStarted: uploadStarted ?? Date.now(), bytesUploaded, bytesTotal: file.size })
      },
      onRestart: () => this.uppy.emit('presigned:restart', file),
    })
  }

  /** Waits while the file is paused; false when it was removed. @param {string} id @returns {Promise<boolean>} */
  #goes(id) {
    const { uppy } = this
    return new Promise((resolve) => {
      const look = () => {
        const file = uppy.getFile(id)
        if (file?.isPaused) return
        for (const event of events) uppy.off(event, look)
        resolve(Boolean(file))
      }
      const events = /** @type {const} */ (['upload-pause', 'resume-all', 'retry-all', 'file-removed'])
      for (const event of events) uppy.on(event, look)
      look()
    })
  }
}

/** @param {any} file @returns {import('presigned-upload').Source} */
const sourceOf = (file) => ({
  id: file.id,
  data: file.data,
  name: file.name,
  // Uppy's table of types gives a function for an extension like "constructor".
  type: typeof file.type === 'string' ? file.type : undefined,
  // Browsers take some types from what is installed: Windows with Excel calls CSV "application/vnd.ms-excel". Where such a
  // type is refused, the type that belongs to the extension is tried.
  otherType: knownType(file.name),
})

/** @param {string} name */
function knownType(name) {
  const type = getFileType({ name })
  return typeof type === 'string' && type !== 'application/octet-stream' ? type : undefined
}
