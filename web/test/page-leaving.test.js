import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { element, text, until } from './dom.js'
import { large, leaving, messages, open, signIn, upload } from './whole-page.js'

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
