/** The element of that ID, which index.html has. @param {string} id @returns {any} */
export function byId(id) {
  const element = document.getElementById(id)
  if (!element) throw new Error(`index.html has no element #${id}`)
  return element
}

/**
 * Fills a message line, or hides it when there is nothing to say. Its role tells screen readers.
 *
 * @param {HTMLElement} line
 * @param {string} [words]
 */
export function say(line, words = '') {
  line.textContent = words
  line.hidden = words === ''
}

/** Says something to screen readers only: what others see happen. @param {string} words */
export const announce = (words) => {
  byId('live').textContent = words
}
