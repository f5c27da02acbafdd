/**
 * What passes by itself is tried again without a click.
 *
 * @param {import('@uppy/core').Uppy<any, any>} uppy
 */
export function recover(uppy) {
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
