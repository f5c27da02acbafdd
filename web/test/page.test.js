import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { element, names, said, text, until } from './dom.js'
import { settings } from './fake-cognito.js'
import { MIB } from './fake-stack.js'
import { choose, large, messages, open, refusing, signIn, upload } from './whole-page.js'

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

  test('because the session has expired continues after a sign-in, beside a file that is done', async (t) => {
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
