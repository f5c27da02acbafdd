import { newestFirst } from '../src/listing.js'
import { filesView } from '../src/files-view.js'
import { element, openPage, runPending } from './dom.js'

export const NOW = Date.UTC(2026, 10, 28)
export const stored = (name, minutesAgo = 0, size = 1) => {
  const time = NOW - minutesAgo * 60_000
  return { key: `johndoe/${time}-${name.replaceAll(' ', '_20_')}`, size, uploaded: new Date(time) }
}

/** The table of these objects. `state.failure` is the error of the next reads of the list; `keys` has what the actions were called with. */
export function open(t, objects, { deletes = true, uploading = false } = {}) {
  const window = openPage()
  const results = []
  const keys = []
  const links = []
  const state = { failure: undefined, reads: 0 }
  const readPage = async (startAfter = '') => {
    state.reads++
    if (state.failure) throw state.failure
    const rest = objects.toSorted((a, b) => (a.key < b.key ? -1 : 1)).filter(({ key }) => key > startAfter)
    return { objects: rest.slice(0, 1000), more: rest.length > 1000 }
  }
  const files = {
    list: newestFirst(readPage, () => NOW),
    downloadUrl: async (key) => (keys.push(['download', key]), 'https://bucket/link'),
    content: async (key) => (keys.push(['content', key]), new Blob(['png'])),
    remove: deletes ? async (key) => void keys.push(['remove', key]) : undefined,
  }
  t.mock.method(window.HTMLAnchorElement.prototype, 'click', function () { links.push([this.getAttribute('href'), this.target, this.rel]) })
  const view = filesView(files, (error) => results.push(error?.message), () => uploading)
  return { window, view, results, keys, links, state, files }
}

export const buttons = (row) => [...row.querySelectorAll('button')].map((one) => one.textContent)
export const button = (words) => document.querySelector(`button[aria-label="${words}"]`)
export const click = async (one) => (one.click(), runPending())
export async function choose(id, value, event) {
  element(id).value = value
  element(id).dispatchEvent(new window.Event(event))
}
