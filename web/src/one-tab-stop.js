/**
 * Makes the buttons of Uppy's files one stop of the Tab key: arrow keys go from one to the next. A hundred chosen files would
 * put a hundred stops before the button that uploads them.
 *
 * @param {HTMLElement} container
 */
export function oneTabStop(container) {
  /** @returns {HTMLButtonElement[]} */
  const buttons = () => [...container.querySelectorAll('.uppy-Dashboard-files button')].map((one) => /** @type {any} */ (one))

  function update() {
    const all = buttons()
    const current = all.find((one) => one === document.activeElement) ?? all.find((one) => one.tabIndex === 0) ?? all[0]
    for (const one of all) one.tabIndex = one === current ? 0 : -1
  }

  container.addEventListener('focusin', update)
  container.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key]
    const all = buttons()
    const at = all.indexOf(/** @type {any} */ (event.target))
    if (!step || at < 0) return
    event.preventDefault()
    all[(at + step + all.length) % all.length].focus()
  })
  new MutationObserver(update).observe(container, { childList: true, subtree: true })
}
