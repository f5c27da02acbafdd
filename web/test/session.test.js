import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { openPage } from './dom.js'
import { fakeCognito, settings, signedInAs } from './fake-cognito.js'

openPage()
const { sessionStorage: kept } = await import('@aws-amplify/core')
const { createSession } = await import('../src/session.js')

async function start(t, ...steps) {
  await kept.clear()
  const cognito = fakeCognito()
  cognito.steps.push(...steps)
  const urls = []
  t.mock.method(globalThis, 'fetch', async (url, init) => (urls.push(String(url)), cognito.answer(url, init)))
  return { ...cognito, urls, session: createSession(settings), operations: () => cognito.called.map(([operation]) => operation) }
}

const challenge = (ChallengeName, ChallengeParameters = {}) => ({ ChallengeName, ChallengeParameters, Session: 's' })

describe('a sign-in', () => {
  test('proves the password, sends none, and ends with a token', async (t) => {
    const { session, called } = await start(t)
    assert.equal(await session.username(), undefined)
    assert.deepEqual(await session.start('johndoe', 'a-password'), { want: 'done' })
    assert.equal(called[0][1].AuthFlow, 'USER_SRP_AUTH')
    assert.ok(!JSON.stringify(called).includes('a-password'))
    assert.equal(await session.username(), 'johndoe')
    assert.equal((await session.accessToken()).split('.').length, 3)
  })

  test('may need a new password', async (t) => {
    const { session, called } = await start(t, challenge('NEW_PASSWORD_REQUIRED', { userAttributes: '{}', requiredAttributes: '[]' }))
    assert.deepEqual(await session.start('johndoe', 'p'), { want: 'newPassword' })
    assert.deepEqual(await session.answer('a new one'), { want: 'done' })
    assert.equal(called.at(-1)[1].ChallengeResponses.NEW_PASSWORD, 'a new one')
  })

  test('may need a code', async (t) => {
    const { session, called } = await start(t, challenge('SOFTWARE_TOKEN_MFA'))
    assert.deepEqual(await session.start('johndoe', 'p'), { want: 'totp' })
    assert.deepEqual(await session.answer('123456'), { want: 'done' })
    assert.equal(called.at(-1)[1].ChallengeResponses.SOFTWARE_TOKEN_MFA_CODE, '123456')
  })

  test('may need an authenticator app, whose key it shows', async (t) => {
    const { session } = await start(t, challenge('MFA_SETUP', { MFAS_CAN_SETUP: '["SOFTWARE_TOKEN_MFA"]' }))
    const { want, setup } = await session.start('johndoe', 'p')
    assert.deepEqual([want, setup.secret], ['totp', 'SECRET'])
    assert.match(decodeURIComponent(setup.uri), /^otpauth:\/\/totp\/Presigned uploads:johndoe\?secret=SECRET/)
  })

  test('that needs what the page lacks says so', async (t) => {
    const { session } = await start(t, challenge('SMS_MFA'))
    await assert.rejects(session.start('johndoe', 'p'), { message: 'This account needs the step CONFIRM_SIGN_IN_WITH_SMS_CODE, which this page does not offer.' })
  })
})

describe('a session', () => {
  test('renews its access token when it has expired, and on demand', async (t) => {
    const { session, operations } = await start(t, signedInAs('johndoe', -10))
    await session.start('johndoe', 'p')
    await session.accessToken()
    assert.equal(operations().filter((one) => one === 'GetTokensFromRefreshToken').length, 1)
    await session.accessToken()
    assert.equal(operations().filter((one) => one === 'GetTokensFromRefreshToken').length, 1)
    await session.accessToken(true)
    assert.equal(operations().filter((one) => one === 'GetTokensFromRefreshToken').length, 2)
  })

  test('that cannot be renewed has expired', async (t) => {
    const { session } = await start(t, signedInAs('johndoe'), { __type: 'NotAuthorizedException', message: 'Refresh Token has been revoked' })
    await session.start('johndoe', 'p')
    await assert.rejects(session.accessToken(true), { name: 'SessionExpired', message: 'Your session has expired. Sign in again to continue.' })
  })

  test('is revoked at its end, and kept in this tab only', async (t) => {
    const { session, operations } = await start(t)
    await session.start('johndoe', 'p')
    assert.ok(Object.keys(window.sessionStorage).length > 0)
    assert.equal(Object.keys(window.localStorage).length, 0)
    await session.end()
    assert.equal(operations().at(-1), 'RevokeToken')
    assert.equal(await session.username(), undefined)
  })
})

test('the local run has a Cognito of its own', async (t) => {
  const { urls } = await start(t)
  const session = createSession({ ...settings, cognitoUrl: 'https://cognito-idp.eu-west-1.amazonaws.com/local' })
  await session.start('johndoe', 'p')
  assert.match(urls[0], /\/local/)
})
