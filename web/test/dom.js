import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'

import { Window } from 'happy-dom'

const HTML = readFileSync(new URL('../index.html', import.meta.url), 'utf8').replace(/<script.*<\/script>/, '')

/** What the page takes from the browser and Node lacks. Node's own Event, Blob, URL and fetch stay. */
const FROM_WINDOW = [
  'window', 'document', 'DOMParser', 'MutationObserver', 'ResizeObserver', 'Node', 'Element', 'HTMLElement', 'SVGElement', 'DocumentFragment',
  'FormData', 'KeyboardEvent', 'localStorage', 'sessionStorage', 'location', 'navigator', 'getComputedStyle', 'requestAnimationFrame', 'cancelAnimationFrame',
]

// Vite bundles the styles. Node can't import them.
registerHooks({
  load: (url, context, next) => (url.endsWith('.css') ? { format: 'module', source: '', shortCircuit: true } : next(url, context)),
})

/** index.html in a window, without its script. */
export function openPage() {
  const window = new Window({ url: 'https://app.example.com/' })
  window.document.write(HTML)
  // happy-dom lacks it.
  Object.defineProperty(window.HTMLTableSectionElement.prototype, 'rows', { configurable: true, get() { return [...this.children] } })
  for (const name of FROM_WINDOW) Object.defineProperty(globalThis, name, { value: window[name], configurable: true, writable: true })
  for (const name of ['addEventListener', 'removeEventListener', 'dispatchEvent']) globalThis[name] = window[name].bind(window)
  return window
}

export const element = (id) => document.getElementById(id)
export const rows = () => [...element('files-table').tBodies[0].rows]
/** The names in the table of files. */
export const names = () => rows().map((row) => row.querySelector('th').textContent)
export const text = (id) => element(id).textContent
/** The words of a message line, or undefined while it is hidden. */
export const said = (id) => (element(id).hidden ? undefined : text(id))

/** Runs what is due: promises, and timers of 0 ms. */
export async function runPending() {
  for (let i = 0; i < 10; i++) await new Promise(setImmediate)
}

/** Waits until a condition holds, for 5 s at most. */
export async function until(holds) {
  const end = Date.now() + 5000
  while (!holds()) {
    if (Date.now() > end) throw new Error(`waited in vain: ${holds}`)
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
}
