import { prettierBytes } from '@transloadit/prettier-bytes' // as Uppy writes sizes
import { lastSegment, nameOfKey } from 'presigned-upload'

/** @param {import('./listing.js').Stored} file */
export const nameOf = ({ key }) => nameOfKey(key) ?? lastSegment(key)

/**
 * @param {import('./listing.js').Stored} file
 * @param {Record<'download' | 'copyLink', (event: any) => void> & Partial<Record<'preview' | 'remove', (event: any) => void>>} actions
 */
export function fileRow(file, { preview, download, copyLink, remove }) {
  const name = nameOf(file)
  // <bdi>: text of one direction doesn't move what is beside it in a page of the other.
  const head = Object.assign(document.createElement('th'), { scope: 'row', title: file.key })
  head.append(isolated(name))
  const when = Object.assign(document.createElement('time'), { dateTime: file.uploaded.toISOString() })
  when.append(isolated(file.uploaded.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })))
  const buttons = document.createElement('div')
  buttons.className = 'buttons'
  if (preview) buttons.append(button('Preview', name, preview))
  buttons.append(button('Copy link', name, copyLink), button('Download', name, download))
  if (remove) buttons.append(button('Delete', name, remove))
  const tr = document.createElement('tr')
  tr.append(head, cell(isolated(prettierBytes(file.size)), 'number'), cell(when, 'date'), cell(buttons))
  return tr
}

/** @param {string} text */
const isolated = (text) => Object.assign(document.createElement('bdi'), { textContent: text })

/** @param {string} words @param {string} name of the file @param {(event: any) => void} onClick */
function button(words, name, onClick) {
  const made = Object.assign(document.createElement('button'), { type: 'button', className: 'quiet', textContent: words })
  made.setAttribute('aria-label', `${words}: ${name}`)
  made.addEventListener('click', onClick)
  return made
}

/** @param {string | Node} content @param {string} [className] */
function cell(content, className = '') {
  const td = Object.assign(document.createElement('td'), { className })
  td.append(content)
  return td
}
