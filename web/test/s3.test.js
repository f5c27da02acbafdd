import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { persist, S3Error, send, textOf } from '../packages/presigned-upload/src/s3.js'

const answer = { method: 'PUT', url: 'https://bucket/key', headers: { Host: 'bucket', 'Content-Length': '6', 'Content-Type': 'text/plain' } }

/** Sends one request; the caller answers it by what XMLHttpRequest calls. */
function sending(t, { onProgress, body = 'banana' } = {}) {
  const stop = new AbortController()
  const request = { headers: {}, aborted: 0, upload: {}, answered: null }
  globalThis.XMLHttpRequest = function XMLHttpRequest() {
    return Object.assign(request, {
      open: (...args) => { request.opened = args },
      setRequestHeader: (name, value) => { request.headers[name] = value },
      getResponseHeader: (name) => (name === 'ETag' ? request.answered : undefined),
      abort: () => request.aborted++,
      send: (sent) => { request.sent = sent },
    })
  }
  const done = send(answer, { body, signal: stop.signal, onProgress }).then((outcome) => ({ outcome }), (error) => ({ error }))
  const load = (status, responseText = '') => (Object.assign(request, { status, responseText }), request.onload())
  return { request, done, stop, load }
}

describe('a request to S3', () => {
  test('is sent as it was signed, without the headers that a browser sets itself', async (t) => {
    const { request, done, load } = sending(t)
    assert.deepEqual([request.opened, request.headers, request.sent], [['PUT', 'https://bucket/key'], { 'Content-Type': 'text/plain' }, 'banana'])
    request.answered = '"e"'
    load(200, 'text')
    assert.deepEqual((await done).outcome, { text: 'text', etag: '"e"' })
  })

  test('may have no ETag in its answer', async (t) => {
    const { done, load } = sending(t)
    load(299)
    assert.deepEqual((await done).outcome, { text: '', etag: '' })
  })

  test('is not sent when it was stopped before', async () => {
    const reason = new Error('stopped')
    await assert.rejects(send(answer, { signal: AbortSignal.abort(reason) }), reason)
  })

  test('is stopped, with the reason', async (t) => {
    const { request, done, stop } = sending(t)
    stop.abort(new Error('paused'))
    assert.equal((await done).error.message, 'paused')
    assert.equal(request.aborted, 1)
  })

  test('that has been answered is not stopped any more', async (t) => {
    const { request, done, stop, load } = sending(t)
    load(200)
    await done
    stop.abort()
    assert.equal(request.aborted, 0)
  })

  const refusals = [
    [412, '<Error><Code>PreconditionFailed</Code></Error>', 412, 'PreconditionFailed', 'S3 answered 412 PreconditionFailed'],
    [300, '', 300, undefined, 'S3 answered 300'],
    [200, '<Error><Code>InternalError</Code></Error>', 500, 'InternalError', 'S3 answered 500 InternalError'],
  ]
  for (const [status, body, want, code, message] of refusals) {
    test(`is refused: ${message}`, async (t) => {
      const { done, load } = sending(t)
      load(status, body)
      const { error } = await done
      assert.deepEqual([error.name, error.status, error.code, error.message, error.body], ['S3Error', want, code, message, body])
    })
  }

  test('without an answer says so', async (t) => {
    const { request, done } = sending(t)
    request.onerror()
    const { error } = await done
    assert.deepEqual([error.name, error.status, error.code, error.message, error.body], ['S3Error', 0, 'NETWORK', 'S3 did not answer', undefined])
  })

  test('tells what is on its way, and is given up when nothing moves for a minute', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const moved = []
    const { request, done } = sending(t, { onProgress: (bytes) => moved.push(bytes) })
    t.mock.timers.tick(59_000)
    request.upload.onprogress({ loaded: 3 })
    t.mock.timers.tick(59_999)
    assert.equal(request.aborted, 0)
    t.mock.timers.tick(1)
    assert.deepEqual([request.aborted, (await done).error.code, moved], [1, 'NETWORK', [3]])
  })

  test('whose progress nobody wants is not given up', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const { request } = sending(t)
    t.mock.timers.tick(3_600_000)
    assert.equal(request.aborted, 0)
  })

  test('that has ended is not given up later', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const { request, done, load } = sending(t, { onProgress: () => {} })
    load(200)
    await done
    t.mock.timers.tick(3_600_000)
    assert.equal(request.aborted, 0)
  })
})

test('a text is that of the first element of its name', () => {
  assert.equal(textOf('<A><Code>one</Code><Code>two</Code></A>', 'Code'), 'one')
  assert.equal(textOf('<A></A>', 'Code'), undefined)
})

describe('what can pass by itself', () => {
  const refusal = (status, code = '') => new S3Error(status, code && `<Code>${code}</Code>`)

  /** The waits, in milliseconds, and the outcome of attempts that fail with these errors in turn. */
  async function attempts(t, random, errors, once) {
    t.mock.method(Math, 'random', () => random)
    const waits = []
    t.mock.method(globalThis, 'setTimeout', (done, ms) => (waits.push(ms), queueMicrotask(done)))
    const { signal } = new AbortController()
    const outcome = await persist(signal, async () => {
      const error = errors.shift()
      if (error) throw error
      return 'done'
    }, once).catch((error) => error)
    t.mock.restoreAll()
    return { waits, outcome, left: errors.length }
  }

  test('is tried five times, after longer and longer waits with jitter', async (t) => {
    const broken = () => Array.from({ length: 6 }, () => refusal(0))
    const least = await attempts(t, 0, broken())
    assert.deepEqual([least.waits, least.outcome.code, least.left], [[250, 500, 1000, 2000], 'NETWORK', 1])
    assert.deepEqual((await attempts(t, 0.5, broken())).waits, [500, 1000, 2000, 4000])
  })

  for (const error of [refusal(0), refusal(429), refusal(500), refusal(503, 'SlowDown'), ...['BadDigest', 'InvalidDigest', 'XAmzContentSHA256Mismatch', 'XAmzContentChecksumMismatch', 'IncompleteBody'].map((code) => refusal(400, code))]) {
    test(`is ${error.message}`, async (t) => {
      const { outcome, waits } = await attempts(t, 0, [error, error])
      assert.deepEqual([outcome, waits.length], ['done', 2])
    })
  }

  for (const error of [refusal(400, 'EntityTooLarge'), refusal(404), refusal(412), refusal(499), new TypeError('a bug'), Object.assign(new Error('the endpoint'), { status: 503 })]) {
    test(`is not ${error.message}`, async (t) => {
      const { outcome, waits } = await attempts(t, 0, [error])
      assert.deepEqual([outcome, waits], [error, []])
    })
  }

  test('is a 403 once, because the URL may have expired', async (t) => {
    const { outcome, waits } = await attempts(t, 0, [refusal(403), refusal(403)])
    assert.deepEqual([outcome.status, waits.length], [403, 1])
    assert.equal((await attempts(t, 0, [refusal(403), refusal(500), refusal(403)])).outcome.status, 403)
  })

  test('is once what the caller names', async (t) => {
    assert.equal((await attempts(t, 0, [refusal(412)], [412])).outcome, 'done')
    assert.equal((await attempts(t, 0, [refusal(403)], [412])).outcome.status, 403)
  })

  test('waits for the network', async (t) => {
    const browser = new EventTarget()
    for (const name of ['addEventListener', 'removeEventListener', 'dispatchEvent']) globalThis[name] = browser[name].bind(browser)
    const network = { onLine: false }
    Object.defineProperty(globalThis, 'navigator', { value: network, configurable: true })
    t.after(() => { network.onLine = true })
    let tried = 0
    const { signal } = new AbortController()
    const done = persist(signal, async () => ++tried)
    await new Promise(setImmediate)
    assert.equal(tried, 0)
    dispatchEvent(new Event('online'))
    assert.equal(await done, 1)

    const stop = new AbortController()
    const stopped = persist(stop.signal, async () => assert.fail('tried'))
    stop.abort(new Error('paused'))
    await assert.rejects(stopped, { message: 'paused' })
  })

  test('is not waited for when it is stopped', async (t) => {
    const stop = new AbortController()
    const done = persist(stop.signal, async () => { throw refusal(500) })
    await new Promise(setImmediate)
    stop.abort(new Error('paused'))
    await assert.rejects(done, { message: 'paused' })
    await assert.rejects(persist(stop.signal, async () => assert.fail('tried')), { message: 'paused' })
  })
})
