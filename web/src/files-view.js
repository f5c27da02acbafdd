import { prettierBytes } from '@transloadit/prettier-bytes' // as Uppy writes sizes

import { announce, byId, say } from './dom.js'
import { lastSegment, nameOfKey } from './names.js'

/** Rows shown at first, and added by each "Show more". */
const ROWS = 50

/**
 * The table of the caller's own files.
 *
 * @param {ReturnType<typeof import('./files.js').createFiles>} files
 * @param {(error?: unknown) => void} onResult the error, or nothing when all is well again
 * @param {() => boolean} uploading
 */
export function filesView(files, onResult, uploading) {
  const body = byId('files-table').tBodies[0]
  /** @type {import('./files.js').Stored[]} */
  let stored = []
  let shown = ROWS

  function render() {
    body.replaceChildren(...stored.slice(0, shown).map(row))
    byId('files-table').hidden = stored.length === 0
    byId('more').hidden = stored.length <= shown
  }

  /** @param {import('./files.js').Stored} file */
  function row({ key, size, uploaded }) {
    const name = nameOfKey(key) ?? lastSegment(key)
    const button = Object.assign(document.createElement('button'), { type: 'button', className: 'quiet', textContent: 'Download' })
    button.setAttribute('aria-label', `Download ${name}`)
    button.addEventListener('click', () => download(button, key, name))
    const when = Object.assign(document.createElement('time'), { dateTime: uploaded.toISOString() })
    when.textContent = uploaded.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })
    const tr = document.createElement('tr')
    const head = Object.assign(document.createElement('th'), { scope: 'row', textContent: name, title: key })
    tr.append(head, cell(prettierBytes(size), 'number'), cell(when), cell(button, 'number'))
    return tr
  }

  /** @param {HTMLButtonElement} button @param {string} key @param {string} name */
  async function download(button, key, name) {
    button.disabled = true
    try {
      open(await files.downloadUrl(key), uploading())
      onResult()
      announce(`Downloading ${name}`)
    } catch (error) {
      onResult(error)
    } finally {
      button.disabled = false
    }
  }

  /** @type {Promise<void> | undefined} */
  let refreshing
  let again = false

  /** Many uploads may end at once: while one list is read, all others wait for the same next one. */
  async function refresh() {
    again = Boolean(refreshing)
    refreshing ??= read().finally(() => {
      refreshing = undefined
      if (again) refresh()
    })
    return refreshing
  }

  async function read() {
    byId('refresh').disabled = true
    try {
      const found = await files.list()
      stored = found.files
      render()
      onResult()
      say(byId('files-status'), statusWords(stored.length, found.complete))
    } catch (error) {
      onResult(error)
    } finally {
      byId('refresh').disabled = false
    }
  }

  byId('refresh').addEventListener('click', refresh)
  byId('more').addEventListener('click', () => {
    const first = shown
    shown += ROWS
    render()
    body.rows[first]?.querySelector('button')?.focus() // or the focus would be lost with the button
  })

  return {
    refresh,
    clear() {
      stored = []
      shown = ROWS
      render()
      say(byId('files-status'))
    },
  }
}

/** @param {number} count @param {boolean} complete */
function statusWords(count, complete) {
  if (count === 0) return 'No files yet. What you upload appears here.'
  const words = count === 1 ? '1 file' : `${count.toLocaleString('en')} files`
  return complete ? words : `The newest of your first ${words}`
}

/** @param {string | Node} content @param {string} [className] */
function cell(content, className = '') {
  const td = Object.assign(document.createElement('td'), { className })
  td.append(content)
  return td
}

/**
 * S3 answers with an attachment, so the browser saves it and stays on this page. While something is being uploaded the
 * attempt to leave would be questioned, so then it is made in a tab of its own, which closes by itself.
 *
 * @param {string} url
 * @param {boolean} inTab
 */
function open(url, inTab) {
  Object.assign(document.createElement('a'), { href: url, rel: 'noopener noreferrer', target: inTab ? '_blank' : '' }).click()
}
