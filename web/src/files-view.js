import { confirmed } from './confirm.js'
import { announce, byId, say } from './dom.js'
import { fileRow, nameOf } from './file-row.js'
import { canPreview, showPreview } from './preview.js'

/** Rows shown at first, and added by each "Show more". */
const ROWS = 50

/** @typedef {import('./listing.js').Stored} Stored */

/** Orders of the list, by the value of the choice. The list itself has the newest first. @type {Record<string, (a: Stored, b: Stored) => number>} */
const ORDERS = {
  newest: () => 0,
  name: (a, b) => nameOf(a).localeCompare(nameOf(b), undefined, { numeric: true }),
  largest: (a, b) => b.size - a.size,
}

/**
 * The table of the caller's own files.
 *
 * @param {ReturnType<typeof import('./files.js').createFiles>} files
 * @param {(error?: unknown) => void} onResult the error, or nothing when all is well again
 * @param {() => boolean} uploading
 */
export function filesView(files, onResult, uploading) {
  const { list } = files
  const body = byId('files-table').tBodies[0]
  /** @type {Map<string, HTMLTableRowElement>} */
  const rows = new Map()
  let shown = ROWS
  let loaded = false

  /** What was found, of all that is known. @returns {Stored[]} */
  function found() {
    const words = byId('search').value.trim().toLocaleLowerCase()
    const matches = list.all().filter((file) => nameOf(file).toLocaleLowerCase().includes(words))
    return matches.sort(ORDERS[byId('order').value])
  }

  function render() {
    const all = found()
    const focused = document.activeElement
    body.replaceChildren(...all.slice(0, shown).map(rowOf))
    if (body.contains(focused)) /** @type {HTMLElement} */ (focused).focus() // a move takes it away
    byId('files-table').hidden = all.length === 0
    byId('find').hidden = list.all().length === 0
    byId('more').hidden = !loaded || (all.length <= shown && list.complete())
    byId('more').textContent = all.length > shown ? 'Show more' : 'Look for older files'
    if (loaded) say(byId('files-status'), statusWords(all.length))
  }

  /** @param {Stored} file */
  function rowOf(file) {
    const row = rows.get(file.key) ?? fileRow(file, actionsOf(file))
    rows.set(file.key, row)
    return row
  }

  /** @param {number} count */
  function statusWords(count) {
    const known = list.all().length
    if (known === 0) return 'No files yet. What you upload appears here.'
    const files = known === 1 ? '1 file' : `${known.toLocaleString('en')} files`
    const searched = list.complete() ? files : `the newest ${files}`
    if (byId('search').value.trim()) return `${count.toLocaleString('en')} of ${searched}`
    return list.complete() ? files : `The newest ${files}; there are older ones`
  }

  /** @param {Stored} file */
  function actionsOf(file) {
    const name = nameOf(file)
    return {
      preview: canPreview(name, file.size) ? act(async () => showPreview(name, await files.content(file.key))) : undefined,
      download: act(async () => {
        open(await files.downloadUrl(file.key), uploading())
        announce(`Downloading ${name}`)
      }),
      copyLink: act(async () => {
        await copy(files.downloadUrl(file.key))
        say(byId('files-note'), `The link to ${name} is copied. Whoever has it can download the file for five minutes.`)
      }),
      remove: files.remove && act(async () => {
        if (!(await confirmed(`Delete ${name}?`, 'You cannot bring it back from this page.', 'Delete'))) return
        await files.remove?.(file.key)
        forgetRow(file.key)
        announce(`${name} is deleted`)
      }),
    }
  }

  /** @param {string} key */
  function forgetRow(key) {
    const at = rows.get(key)?.sectionRowIndex ?? 0
    list.remove(key)
    rows.delete(key)
    render()
    // The focus stays in place, or it would be lost with the button.
    const next = body.rows[Math.min(at, body.rows.length - 1)]?.querySelector('button:last-child')
    const focused = /** @type {HTMLElement} */ (next ?? byId('files-title'))
    focused.focus()
  }

  /** For a click: one at a time, and its error is shown. @param {() => Promise<void>} work */
  function act(work) {
    return async (/** @type {{currentTarget: any}} */ { currentTarget: button }) => {
      if (button.ariaDisabled) return // not `disabled`, which would take the focus away
      button.ariaDisabled = 'true'
      say(byId('files-note'))
      try {
        await work()
        onResult()
      } catch (error) {
        onResult(error)
      } finally {
        button.ariaDisabled = null
      }
    }
  }

  /** @param {() => Promise<void>} work */
  async function reading(work) {
    byId('refresh').disabled = byId('more').disabled = true
    byId('files').setAttribute('aria-busy', 'true')
    if (!loaded) say(byId('files-status'), 'Loading your files…')
    try {
      await work()
      loaded = true
      onResult()
    } catch (error) {
      if (!loaded) say(byId('files-status'), 'Your files could not be listed. Choose Refresh to try again.')
      onResult(error)
    } finally {
      byId('refresh').disabled = byId('more').disabled = false
      byId('files').removeAttribute('aria-busy')
      render()
    }
  }

  const refresh = () => reading(() => list.read())

  async function showMore() {
    const first = shown
    if (found().length <= shown) await reading(() => list.older())
    shown += ROWS
    render()
    body.rows[first]?.querySelector('button')?.focus() // or the focus would be lost with the button
  }

  byId('refresh').addEventListener('click', refresh)
  byId('more').addEventListener('click', showMore)
  byId('search').addEventListener('input', render)
  byId('order').addEventListener('change', render)

  return {
    refresh,
    /** A file that was uploaded just now: nothing is listed again. @param {Stored} file */
    add(file) {
      list.add(file)
      render()
    },
    clear() {
      list.clear()
      rows.clear()
      loaded = false
      shown = ROWS
      byId('search').value = ''
      say(byId('files-status'))
      say(byId('files-note'))
      render()
    },
  }
}

/** Browsers allow this only within a click, so the link may come later than the call. @param {Promise<string>} link */
async function copy(link) {
  const blob = link.then((text) => new Blob([text], { type: 'text/plain' }))
  await navigator.clipboard.write([new ClipboardItem({ 'text/plain': blob })])
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
