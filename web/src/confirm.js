import { byId } from './dom.js'

/**
 * Asks before something that cannot be undone. Escape and Cancel say no.
 *
 * @param {string} question
 * @param {string} consequence
 * @param {string} yes the words of the button that says yes
 * @returns {Promise<boolean>}
 */
export function confirmed(question, consequence, yes) {
  const dialog = byId('confirm')
  byId('confirm-question').textContent = question
  byId('confirm-consequence').textContent = consequence
  byId('confirm-yes').textContent = yes
  dialog.returnValue = ''
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true })
    dialog.showModal()
  })
}
