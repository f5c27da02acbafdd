import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

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
async function open(t, { config = settings, listed = [], stack: options, storage = {}, user = 'johndoe' } = {}) {
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

async function signIn(username = 'johndoe') {
  element('sign-in-username').value = username
  element('sign-in-password').value = 'a-password'
  element('sign-in-form').dispatchEvent(new window.Event('submit', { cancelable: true }))
  await until(() => text('username') === username)
}

function choose(name, content, type = 'text/plain') {
  const input = document.querySelector('.uppy-Dashboard-input')
  Object.defineProperty(input, 'files', { configurable: true, value: [new File([content], name, { type, lastModified: 1 })] })
  input.dispatchEvent(new window.Event('change', { bubbles: true }))
}
const uploadButton = () => document.querySelector('.uppy-StatusBar-actionBtn--upload')
async function upload(name, content = name, type) {
  choose(name, content, type)
  await until(uploadButton)
  uploadButton().click()
}
const names = () => [...element('files-table').tBodies[0].rows].map((row) => row.querySelector('th').textContent)
const messages = (id) => [...element(id).children].map((one) => one.textContent)
const leaving = () => {
  const event = new window.Event('beforeunload', { cancelable: true })
  window.dispatchEvent(event)
  return event.defaultPrevented
}
const large = () => Buffer.alloc(20 * MIB, 'm')
/** Refuses every request to the endpoint with this status. */
const refusing = (status) => async (url) => (url === settings.uploadUrl ? Response.json({ detail: 'no', code: 'Test' }, { status }) : undefined)

describe('the page', () => {
  test('asks to sign in, lists the files of the user, and adds what is uploaded', async (t) => {
    const { objects } = await open(t, { user: null, listed: ['johndoe/1764335562000-old.txt'] })
    assert.equal(element('app').hidden, true)
    await signIn()
    assert.deepEqual([element('sign-in').hidden, element('who').hidden, element('files').hidden, document.activeElement.id], [true, false, false, 'upload-title'])
    await until(() => names().length === 1)
    await upload('new.txt', 'content')
    await until(() => names().length === 2)
    assert.deepEqual([...objects.values()], [{ size: 7 }])
    assert.equal(text('live'), 'new.txt is uploaded')
    assert.deepEqual([messages('errors'), said('notice'), said('unfinished')], [[], undefined, undefined])
  })

  test('says that its settings are missing', async (t) => {
    await open(t, { config: null })
    assert.equal(said('notice'), 'config.json beside this page: the server answered 404')
    assert.equal(element('sign-in').hidden, true)
  })

  test('of a stage without downloads has no list', async (t) => {
    await open(t, { config: { ...settings, downloadUrl: undefined } })
    assert.equal(element('files').hidden, true)
  })

  for (const [which, deleteUrl, want] of [['with', settings.deleteUrl, true], ['without', undefined, false]]) {
    test(`of a stage ${which} deletion offers it: ${want}`, async (t) => {
      await open(t, { listed: ['johndoe/1764335562000-old.txt'], config: { ...settings, deleteUrl } })
        await until(() => names().length === 1)
      assert.equal(Boolean(document.querySelector('button[aria-label="Delete: old.txt"]')), want)
    })
  }

  test('says when the network is gone, until it is back', async (t) => {
    const { window } = await open(t)
    window.dispatchEvent(new window.Event('offline'))
    assert.equal(said('network'), 'No connection. Uploads continue by themselves when it is back.')
    window.dispatchEvent(new window.Event('online'))
    assert.equal(said('network'), undefined)
  })

  test('names the uploads that a reload stopped, until the file is chosen again', async (t) => {
    const one = (key) => JSON.stringify({ key, uploadId: 'u', partBytes: 8 * MIB, began: Date.now() })
    await open(t, { storage: { 'presigned-upload johndoe a': one('johndoe/1764335562000-movie.mp4'), 'presigned-upload johndoe b': one('johndoe/1764335562001'), 'presigned-upload janedoe c': one('janedoe/1') } })
    assert.equal(said('unfinished'), 'Not finished: movie.mp4, johndoe/1764335562001. Choose the same file again to continue where it stopped.')
    choose('movie.mp4', 'm')
    await until(() => said('unfinished') === undefined)
  })
})

describe('a failed list', () => {
  test('is told, and the words go when it works again', async (t) => {
    const { state } = await open(t)
    state.endpoint = async (url) => (url === settings.downloadUrl ? Response.json({ detail: 'not now', code: 'Test', requestId: 'R1' }, { status: 403 }) : undefined)
    element('refresh').click()
    await until(() => said('notice') === 'not now (Test) Request ID: R1.')
    state.endpoint = async () => undefined
    element('refresh').click()
    await until(() => said('notice') === undefined)
  })

  test('because the session has expired asks to sign in', async (t) => {
    const { state } = await open(t)
    state.endpoint = async (url) => (url === settings.downloadUrl ? Response.json({}, { status: 401 }) : undefined)
    element('refresh').click()
    await until(() => !element('sign-in').hidden)
    assert.equal(said('sign-in-why'), 'Your session has expired. Sign in again to continue.')
    assert.deepEqual([element('sign-in-username').value, element('app').hidden], ['johndoe', true])
  })
})

describe('an upload that fails', () => {
  const rows = [
    [[400, '<Error><Code>EntityTooLarge</Code><Message>Too large</Message></Error>'], 'a.txt: S3 refused: Too large (EntityTooLarge)'],
    [[404, ''], 'a.txt: S3 no longer has this. Retry: a new upload starts.'],
  ]
  for (const [answer, want] of rows) {
    test(`is told: ${want}`, async (t) => {
      const { fail, objects } = await open(t)
        fail('putObject', answer)
      await upload('a.txt')
      await until(() => messages('errors').length > 0)
      assert.deepEqual(messages('errors'), [want])
      document.querySelector('.uppy-StatusBar-actionBtn--retry').click()
      await until(() => objects.size === 1)
      assert.deepEqual(messages('errors'), [])
    })
  }

  test('because its file has changed says so', async (t) => {
    const { state } = await open(t)
    state.endpoint = refusing(400)
    const changed = () => Promise.reject(new DOMException('gone', 'NotReadableError'))
    t.mock.method(Blob.prototype, 'arrayBuffer', changed)
    await upload('a.txt')
    await until(() => messages('errors').length > 0)
    assert.deepEqual(messages('errors'), ['a.txt: The file has changed since you chose it. Remove it here and choose it again.'])
  })

  test('is forgotten when its file is removed', async (t) => {
    const { state } = await open(t)
    state.endpoint = refusing(403)
    await upload('a.txt')
    await until(() => messages('errors').length > 0)
    assert.deepEqual(messages('errors'), ['a.txt: no (Test)'])
    document.querySelector('.uppy-Dashboard-Item-action--remove').click()
    await until(() => messages('errors').length === 0)
  })

  test('because the session has expired goes on after a sign-in, beside a file that is done', async (t) => {
    const { state, objects } = await open(t)
    state.endpoint = async (url, init) => (/uploadPart/.test(init.body) ? Response.json({}, { status: 401 }) : undefined)
    choose('done.txt', 'done')
    await upload('movie.mp4', large(), 'video/mp4')
    await until(() => !element('sign-in').hidden)
    assert.equal(said('sign-in-why'), 'Your session has expired. Sign in again to continue.')
    await until(() => objects.size === 1)
    state.endpoint = async () => undefined
    await signIn()
    await until(() => objects.size === 2)
    assert.deepEqual(messages('errors'), [])
  })

  test('because the session has expired leaves nothing for another user', async (t) => {
    const { state, objects } = await open(t)
    state.endpoint = refusing(401)
    await upload('a.txt')
    await until(() => !element('sign-in').hidden)
    state.endpoint = async () => undefined
    await signIn('janedoe')
    assert.deepEqual([messages('errors'), objects.size, document.querySelectorAll('.uppy-Dashboard-Item').length], [[], 0, 0])
  })
})

describe('during an upload', () => {
  /** Signs in and waits where S3 takes part 2 of 3. `release` lets it continue. */
  async function during(t) {
    const all = await open(t)
    await signIn()
    let release
    const held = new Promise((resolve) => { release = resolve })
    all.state.endpoint = async (url, init) => { if (/uploadPart/.test(init.body)) await held }
    assert.equal(leaving(), false)
    await upload('movie.mp4', large(), 'video/mp4')
    await until(() => all.of('createMultipartUpload').length === 1)
    return { ...all, release }
  }

  test('the page asks before it is left, and no longer when it is done', async (t) => {
    const { release, objects } = await during(t)
    assert.equal(leaving(), true)
    release()
    await until(() => objects.size === 1 && text('live') !== '')
    await until(() => !leaving())
  })

  test('a sign-out asks, and "no" leaves everything as it is', async (t) => {
    const { release, objects, state } = await during(t)
    state.confirm = false
    element('sign-out').click()
    assert.deepEqual(state.confirms, ['Signing out stops your uploads, and what is uploaded of them is dropped. Sign out?'])
    release()
    await until(() => objects.size === 1)
    assert.equal(element('app').hidden, false)
  })

  test('a sign-out drops it, and leaves nothing behind', async (t) => {
    const { window, begun, release, objects } = await during(t)
    assert.equal(Object.keys(window.localStorage).length, 1)
    element('sign-out').click()
    release()
    await until(() => !element('sign-in').hidden)
    assert.deepEqual([element('app').hidden, element('who').hidden, element('sign-in-username').value], [true, true, ''])
    assert.deepEqual(Object.keys(window.localStorage), [])
    await until(() => begun.size === 0)
    assert.equal(objects.size, 0)
  })

  test('a sign-out works without a network', async (t) => {
    const { state } = await open(t)
    const { fetch } = globalThis
    globalThis.fetch = (url, init) => (/cognito/.test(url) ? Promise.reject(new TypeError('Failed to fetch')) : fetch(url, init))
    element('sign-out').click()
    await until(() => !element('sign-in').hidden)
    assert.deepEqual(state.confirms, [])
  })

  test('that S3 no longer has, the page says that it starts again', async (t) => {
    const { begun, release, objects } = await during(t)
    begun.clear()
    release()
    await until(() => messages('notes').length === 1)
    assert.deepEqual(messages('notes'), ['movie.mp4: S3 no longer has the parts that were uploaded before. The upload starts again.'])
    await until(() => objects.size === 1)
    await until(() => messages('notes').length === 0)
  })
})
