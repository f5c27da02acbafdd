/**
 * Tries again, without a click, what a lost connection stopped.
 *
 * @param {import('@uppy/core').Uppy<any, any>} uppy
 */
export function recover(uppy) {
  const disconnected = new Set()
  uppy.on('upload-error', (file, error) => {
    if (file && /** @type {{code?: string}} */ (error).code === 'NETWORK') disconnected.add(file.id)
  })
  for (const event of /** @type {const} */ (['upload-retry', 'file-removed', 'upload-success'])) {
    uppy.on(event, (/** @type {{id: string} | undefined} */ file) => disconnected.delete(file?.id))
  }
  uppy.on('back-online', () => {
    for (const id of [...disconnected]) uppy.retryUpload(id)
  })
}
