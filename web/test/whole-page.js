import { element, openPage, said, text, until } from './dom.js'
import { fakeCognito, settings, tokensOf } from './fake-cognito.js'
import { fakeStack, MIB } from './fake-stack.js'

openPage()
const { sessionStorage: kept } = await import('@aws-amplify/core')
let pages = 0

/**
 * The page itself on index.html, with an endpoint, an S3 and a Cognito in memory. `state.endpoint` may answer a request instead,
 * `listed` are the keys that S3 lists, and `user` has signed in before.
 */
export async function open(t, { config = settings, listed = [], stack: options, storage = {}, user = 'johndoe' } = {}) {
  const window = openPage()
  await kept.clear()
  for (const [name, value] of user ? Object.entries(tokensOf(user)) : []) await kept.setItem(name, value)
  Object.assign(window.localStorage, storage)
  const stack = fakeStack(t, { answer: { partSize: 8 * MIB }, ...options })
  const cognito = fakeCognito()
  const state = { endpoint: async () => undefined, listed, confirms: [], confirm: true }
  t.mock.method(globalThis, 'fetch', async (url, init) => {
    if (url === './config.json') return config ? Response.json(config) : new Response('', { status: 404 })
    const answer = cognito.answer(url, init)
    if (answer) return answer
    if (String(url).startsWith('https://bucket/')) {
      return new Response(`<ListBucketResult><IsTruncated>false</IsTruncated>${state.listed.map((key) => `<Contents><Key>${key}</Key><Size>1</Size><LastModified>2026-01-01T00:00:00Z</LastModified></Contents>`).join('')}</ListBucketResult>`)
    }
    return (await state.endpoint(url, init)) ?? stack.presign(JSON.parse(init.body)).then((one) => Response.json(one), (refused) => Response.json(refused, { status: refused.status ?? 400 }))
  })
  globalThis.confirm = (words) => (state.confirms.push(words), state.confirm)
  window.HTMLElement.prototype.scrollIntoView = () => {}
  await import(`../src/main.js?${++pages}`)
  await until(() => said('notice') !== undefined || !element('sign-in').hidden || !element('app').hidden)
  return { window, cognito, state, ...stack }
}

export async function signIn(username = 'johndoe') {
  element('sign-in-username').value = username
  element('sign-in-password').value = 'a-password'
  element('sign-in-form').dispatchEvent(new window.Event('submit', { cancelable: true }))
  await until(() => text('username') === username)
}

export function choose(name, content, type = 'text/plain') {
  const input = document.querySelector('.uppy-Dashboard-input')
  Object.defineProperty(input, 'files', { configurable: true, value: [new File([content], name, { type, lastModified: 1 })] })
  input.dispatchEvent(new window.Event('change', { bubbles: true }))
}
export const uploadButton = () => document.querySelector('.uppy-StatusBar-actionBtn--upload')
export async function upload(name, content = name, type) {
  choose(name, content, type)
  await until(uploadButton)
  uploadButton().click()
}
export const messages = (id) => [...element(id).children].map((one) => one.textContent)
export const leaving = () => {
  const event = new window.Event('beforeunload', { cancelable: true })
  window.dispatchEvent(event)
  return event.defaultPrevented
}
export const large = () => Buffer.alloc(20 * MIB, 'm')
/** Refuses every request to the endpoint with this status. */
export const refusing = (status) => async (url) => (url === settings.uploadUrl ? Response.json({ detail: 'no', code: 'Test' }, { status }) : undefined)
