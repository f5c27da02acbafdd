import { byId, say } from './dom.js'
import { clockError } from './settings.js'
import { signInWords } from './words.js'

/** What the button says in each step. */
const SUBMIT = { password: 'Sign in', newPassword: 'Set password', totp: 'Confirm code' }
const TITLE = { password: 'Sign in', newPassword: 'Choose a new password', totp: 'Confirm it is you' }

/**
 * The sign-in form: password, and then what Cognito asks for besides.
 *
 * @param {ReturnType<typeof import('./session.js').createSession>} session
 * @param {() => void} onSignedIn
 */
export function signInView(session, onSignedIn) {
  const form = byId('sign-in-form')
  const submit = byId('sign-in-submit')
  let current = /** @type {keyof typeof SUBMIT} */ ('password')

  /** @param {keyof typeof SUBMIT} step */
  function show(step) {
    current = step
    for (const fieldset of form.querySelectorAll('fieldset')) {
      fieldset.hidden = fieldset.disabled = fieldset.dataset.step !== step
    }
    byId('sign-in-title').textContent = TITLE[step]
    byId('sign-in-hint').hidden = step !== 'password'
    byId('sign-in-restart').hidden = step === 'password'
    submit.textContent = SUBMIT[step]
    say(byId('sign-in-error'))
    form.querySelector('fieldset:not([hidden]) input')?.focus()
  }

  /** @param {{secret: string, uri: string} | undefined} setup */
  function showSetup(setup) {
    byId('totp-setup').hidden = !setup
    byId('totp-secret').textContent = setup?.secret ?? ''
    byId('totp-link').href = setup?.uri ?? ''
  }

  /** @returns {Promise<import('./session.js').Step>} */
  async function send() {
    const field = Object.fromEntries(new FormData(form))
    switch (current) {
      case 'password':
        return session.start(String(field.username).trim(), String(field.password))
      case 'newPassword':
        if (field.newPassword !== field.again) throw new Error('The two passwords are not the same.')
        return session.answer(String(field.newPassword))
      case 'totp':
        return session.answer(String(field.code))
    }
  }

  form.addEventListener('submit', async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault()
    say(byId('sign-in-error'))
    submit.disabled = true
    submit.textContent = 'One moment…'
    try {
      const next = await send()
      if (next.want === 'done') return done()
      showSetup(next.setup)
      show(next.want)
    } catch (error) {
      submit.textContent = SUBMIT[current]
      say(byId('sign-in-error'), signInWords(error, await clockError()))
      form.querySelector('fieldset:not([hidden]) input:last-of-type')?.select()
    } finally {
      submit.disabled = false
    }
  })
  byId('sign-in-restart').addEventListener('click', () => open())

  function done() {
    form.reset()
    show('password')
    byId('sign-in').hidden = true
    onSignedIn()
  }

  /**
   * @param {string} [why] what ended the session before
   * @param {string} [username] who had signed in
   */
  function open(why, username = '') {
    byId('sign-in').hidden = false
    say(byId('sign-in-why'), why)
    show('password')
    byId('sign-in-username').value = username
    if (username) byId('sign-in-password').focus()
  }
  return { open }
}
