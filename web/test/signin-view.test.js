import assert from 'node:assert/strict'
import { test } from 'node:test'

import { signInView } from '../src/signin-view.js'
import { element, openPage, said, runPending, text } from './dom.js'

/** The form, with a session that takes these steps, each an answer or an error. */
function open(t, ...steps) {
  openPage()
  t.mock.method(globalThis, 'fetch', async () => new Response('{}'))
  const sent = []
  const next = async (...words) => {
    sent.push(words)
    const step = steps.shift()
    if (step instanceof Error) throw step
    return step
  }
  let signedIn = 0
  const view = signInView({ start: next, answer: next }, () => signedIn++)
  view.open()
  return { view, sent, signedIn: () => signedIn }
}

async function submit(fields) {
  for (const [id, value] of Object.entries(fields)) element(id).value = value
  assert.equal(element('sign-in-form').dispatchEvent(new window.Event('submit', { cancelable: true })), false, 'or the page would be loaded again')
  assert.deepEqual([element('sign-in-submit').disabled, text('sign-in-submit')], [true, 'One moment…'])
  await runPending()
}
const password = { 'sign-in-username': ' johndoe ', 'sign-in-password': ' secret ' }
const shown = () => [...element('sign-in-form').querySelectorAll('fieldset')].filter((one) => !one.hidden && !one.disabled).map((one) => one.dataset.step)
const refused = (words) => Object.assign(new Error(words), { name: 'NotAuthorizedException' })

test('a user signs in; the username has no spaces around it, and the password keeps them', async (t) => {
  const { sent, signedIn } = open(t, { want: 'done' })
  assert.deepEqual([element('sign-in').hidden, text('sign-in-title'), said('sign-in-why'), document.activeElement.id], [false, 'Sign in', undefined, 'sign-in-username'])
  assert.deepEqual([element('sign-in-hint').hidden, element('sign-in-restart').hidden, text('sign-in-submit')], [false, true, 'Sign in'])
  await submit(password)
  assert.deepEqual(sent, [['johndoe', ' secret ']])
  assert.equal(signedIn(), 1)
  assert.deepEqual([element('sign-in').hidden, element('sign-in-password').value], [true, ''])
  assert.equal(element('sign-in-submit').disabled, false)
})

test('a refusal is told, and the form is ready for another try', async (t) => {
  const { signedIn } = open(t, refused('User is disabled.'), { want: 'done' })
  await submit(password)
  assert.equal(said('sign-in-error'), 'User is disabled.')
  assert.deepEqual([element('sign-in-submit').disabled, text('sign-in-submit'), signedIn()], [false, 'Sign in', 0])
  const again = submit(password)
  assert.equal(said('sign-in-error'), undefined)
  await again
  assert.equal(signedIn(), 1)
})

test('a clock that is off is named', async (t) => {
  open(t, refused('Incorrect username or password.'))
  globalThis.fetch.mock.mockImplementation(async () => new Response('{}', { headers: { date: new Date(Date.now() - 600_000).toUTCString() } }))
  await submit(password)
  assert.match(said('sign-in-error'), /^The clock of this device is 10 minutes fast/)
})

test('a new password is typed twice', async (t) => {
  const { sent, signedIn } = open(t, { want: 'newPassword' }, { want: 'done' })
  await submit(password)
  assert.deepEqual(shown(), ['newPassword'])
  assert.deepEqual([text('sign-in-title'), text('sign-in-submit'), element('sign-in-hint').hidden, element('sign-in-restart').hidden], ['Choose a new password', 'Set password', true, false])
  assert.equal(document.activeElement.id, 'sign-in-new')
  await submit({ 'sign-in-new': 'one', 'sign-in-again': 'two' })
  assert.equal(said('sign-in-error'), 'The two passwords are not the same.')
  assert.equal(text('sign-in-submit'), 'Set password')
  await submit({ 'sign-in-new': 'one', 'sign-in-again': 'one' })
  assert.deepEqual(sent.at(-1), ['one'])
  assert.equal(signedIn(), 1)
  assert.deepEqual(shown(), ['password'])
})

test('a code of an authenticator app is asked for, with the key where the user has no app yet', async (t) => {
  const { sent } = open(t, { want: 'totp', setup: { secret: 'ABC', uri: 'otpauth://x' } }, { want: 'totp' }, { want: 'done' })
  await submit(password)
  assert.deepEqual(shown(), ['totp'])
  assert.deepEqual([text('sign-in-title'), text('sign-in-submit'), document.activeElement.id], ['Confirm it is you', 'Confirm code', 'sign-in-code'])
  assert.deepEqual([element('totp-setup').hidden, text('totp-secret'), element('totp-link').getAttribute('href')], [false, 'ABC', 'otpauth://x'])
  await submit({ 'sign-in-code': '123456' })
  assert.deepEqual(sent.at(-1), ['123456'])
  assert.deepEqual([element('totp-setup').hidden, text('totp-secret'), element('totp-link').getAttribute('href')], [true, '', ''])
  await submit({ 'sign-in-code': '654321' })
})

test('"Start again" goes back to the password', async (t) => {
  open(t, { want: 'totp' })
  await submit(password)
  element('sign-in-restart').click()
  assert.deepEqual(shown(), ['password'])
  assert.equal(element('sign-in-username').value, '')
})

test('who was signed in finds why not any more, and types only the password', (t) => {
  const { view } = open(t)
  view.open('Your session has expired.', 'johndoe')
  assert.deepEqual([said('sign-in-why'), element('sign-in-username').value, document.activeElement.id], ['Your session has expired.', 'johndoe', 'sign-in-password'])
})
