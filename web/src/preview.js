import { byId } from './dom.js'

/** Largest file that is shown, in bytes: it is read into memory. */
const MAX_BYTES = 64 * 1024 * 1024

/**
 * What is shown within the page, by the extension of its name: types that cannot run a script. Not HTML, and not SVG. The type
 * given to the browser is the one named here, whatever the file was uploaded as.
 */
const SHOWN = new Map(Object.entries({
  avif: ['img', 'image/avif'],
  bmp: ['img', 'image/bmp'],
  gif: ['img', 'image/gif'],
  jpeg: ['img', 'image/jpeg'],
  jpg: ['img', 'image/jpeg'],
  png: ['img', 'image/png'],
  webp: ['img', 'image/webp'],
  m4v: ['video', 'video/mp4'],
  mp4: ['video', 'video/mp4'],
  webm: ['video', 'video/webm'],
  pdf: ['iframe', 'application/pdf'],
}))

/** @param {string} name */
const kindOf = (name) => SHOWN.get(name.slice(name.lastIndexOf('.') + 1).toLowerCase())

/** @param {string} name @param {number} size in bytes */
export const canPreview = (name, size) => kindOf(name) !== undefined && size <= MAX_BYTES

/**
 * Shows a file in a dialog.
 *
 * @param {string} name
 * @param {Blob} content
 */
export function showPreview(name, content) {
  const [element, type] = kindOf(name) ?? []
  if (!element) throw new TypeError(`no preview of ${name}`)
  const dialog = byId('preview')
  const url = URL.createObjectURL(new Blob([content], { type }))
  byId('preview-title').textContent = name
  const shown = Object.assign(/** @type {any} */ (document.createElement(element)), { src: url, ...(element === 'img' ? { alt: name } : { title: name }) })
  if (element === 'video') shown.controls = true
  byId('preview-content').replaceChildren(shown)
  dialog.addEventListener('close', () => {
    byId('preview-content').replaceChildren()
    URL.revokeObjectURL(url)
  }, { once: true })
  dialog.showModal()
}
