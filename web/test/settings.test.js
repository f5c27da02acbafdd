import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { clockError, loadSettings } from '../src/settings.js'

const settings = { region: 'eu-west-1', userPoolId: 'p', appClientId: 'c', uploadUrl: 'https://api/' }
const answer = (t, ...of) => t.mock.method(globalThis, 'fetch', async () => new Response(...of)).mock

describe('the settings beside the page', () => {
  test('are read, past any cache', async (t) => {
    const fetched = answer(t, JSON.stringify(settings))
    assert.deepEqual(await loadSettings(), settings)
    assert.deepEqual(fetched.calls[0].arguments, ['./config.json', { cache: 'no-store' }])
  })

  test('that are not there are told with the status', async (t) => {
    answer(t, '', { status: 404 })
    await assert.rejects(loadSettings(), { message: 'config.json beside this page: the server answered 404' })
  })

  for (const name of Object.keys(settings)) {
    test(`need ${name}`, async (t) => {
      answer(t, JSON.stringify({ ...settings, [name]: undefined }))
      await assert.rejects(loadSettings(), { message: `config.json beside this page lacks ${name}` })
    })
  }

  test('name all that they lack', async (t) => {
    answer(t, '{"region": "", "uploadUrl": "https://api/"}')
    await assert.rejects(loadSettings(), { message: 'config.json beside this page lacks region, userPoolId, appClientId' })
  })
})

describe('the error of this clock', () => {
  const now = Date.UTC(2026, 0, 1)
  const date = (seconds) => new Date(now + seconds * 1000).toUTCString()
  for (const [title, headers, want] of [
    ['is how far it is ahead of the server', { date: date(-600) }, 600_000],
    ['is negative behind it', { date: date(60) }, -60_000],
    ['does not count the time in a cache', { date: date(-600), age: '540' }, 60_000],
    ['is unknown without a date', {}, 0],
  ]) {
    test(title, async (t) => {
      t.mock.timers.enable({ apis: ['Date'], now })
      const fetched = answer(t, '{}', { headers })
      assert.equal(await clockError(), want)
      assert.deepEqual(fetched.calls[0].arguments, ['./config.json', { cache: 'no-store' }])
    })
  }

  test('is unknown without a network', async (t) => {
    t.mock.method(globalThis, 'fetch', () => Promise.reject(new TypeError('Failed to fetch')))
    assert.equal(await clockError(), 0)
  })
})
