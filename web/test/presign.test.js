import assert from 'node:assert/strict'
import { test } from 'node:test'

import { presigner } from '../src/presign.js'

const GRANTED = { url: 'https://bucket/', headers: {}, key: 'johndoe/1' }

/** Asks an endpoint that answers with each of these in turn: a status, a response, or an error to throw. */
async function ask(t, ...answers) {
  const sent = []
  const waits = []
  t.mock.method(globalThis, 'fetch', async (url, init) => {
    sent.push({ url, ...init })
    const answer = answers.shift()
    if (answer instanceof Error || answer instanceof DOMException) throw answer
    return typeof answer === 'number' ? Response.json(answer === 200 ? GRANTED : {}, { status: answer }) : answer
  })
  const presign = presigner('https://api/', async (renew) => (renew ? 'new' : 'old'), async (ms) => waits.push(ms))
  const outcome = await presign({ operation: 'putObject' }).catch((error) => error)
  return { outcome, sent, waits }
}

test('the request carries the access token and the operation', async (t) => {
  const { outcome, sent } = await ask(t, 200)
  assert.deepEqual(outcome, GRANTED)
  assert.deepEqual([sent[0].url, sent[0].method, sent[0].headers], ['https://api/', 'POST', { Authorization: 'Bearer old', 'Content-Type': 'application/json' }])
  assert.equal(sent[0].body, '{"operation":"putObject"}')
})

test('a refusal is told in the words of the endpoint, with its code, and not repeated', async (t) => {
  const problem = { title: 'Forbidden', detail: 'operation "x" is not enabled here', code: 'OperationNotEnabled', requestId: 'r' }
  const { outcome, sent } = await ask(t, Response.json(problem, { status: 403 }))
  assert.equal(outcome.message, 'operation "x" is not enabled here (OperationNotEnabled)')
  assert.equal(outcome.requestId, 'r')
  assert.equal(sent.length, 1)
})

test('a refusal without a problem document still says something', async (t) => {
  const { outcome } = await ask(t, new Response('<html>', { status: 403 }))
  assert.equal(outcome.message, 'The endpoint answered 403.')
})

for (const passing of [429, 500, 503, new TypeError('Failed to fetch'), new DOMException('x', 'NetworkError')]) {
  test(`${passing} is tried again, after longer and longer waits`, async (t) => {
    const { outcome, waits } = await ask(t, passing, passing, passing, 200)
    assert.deepEqual(outcome, GRANTED)
    assert.equal(waits.length, 3)
    for (const [i, ms] of waits.entries()) assert.ok(ms >= 150 * 2 ** i && ms <= 450 * 2 ** i, `wait ${i}: ${ms} ms`)
  })
}

test('the waits have jitter, so that many clients do not come back together', async (t) => {
  const random = t.mock.method(Math, 'random', () => 0)
  const { waits } = await ask(t, 503, 503, 200)
  random.mock.mockImplementation(() => 0.9)
  const { waits: others } = await ask(t, 503, 503, 200)
  assert.deepEqual(waits, [150, 300])
  assert.deepEqual(others.map(Math.round), [420, 840])
})

test('no answer at all is told as such in the end', async (t) => {
  const broken = new TypeError('Failed to fetch')
  const { outcome, sent } = await ask(t, broken, broken, broken, broken)
  assert.equal(outcome.name, 'Unreachable')
  assert.equal(sent.length, 4)
})

test('a token that is refused is renewed once', async (t) => {
  const { outcome, sent } = await ask(t, 401, 200)
  assert.deepEqual(outcome, GRANTED)
  assert.equal(sent[1].headers.Authorization, 'Bearer new')
})

test('a token that is refused when new ends the session', async (t) => {
  const { outcome, sent } = await ask(t, 401, 401)
  assert.equal(outcome.name, 'SessionExpired')
  assert.equal(sent.length, 2)
})
