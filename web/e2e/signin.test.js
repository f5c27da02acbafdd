import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, test } from 'node:test'

import { choose, inList, open, screenshot, signIn, signedIn, startUpload, violations } from './browser.js'
import { PASSWORD, setUp } from './setup.js'
import { totp } from './totp.js'

const HOUR_MS = 3_600_000

let stack, admin, browser, files, close, note, context, page, complaints

before(async () => {
  ;({ stack, admin, browser, files, close } = await setUp('local-assembly'))
  note = await files.file('note.txt', 'read me')
})
after(() => close?.())
beforeEach(async () => {
  ;({ context, page, complaints } = await open(browser, stack.pageUrl))
})
afterEach(async () => {
  await context.close()
  assert.deepEqual(complaints, [])
})

test('a user signs in with the keyboard alone, reloads, and signs out', async () => {
  await screenshot(page, 'sign-in')
  await page.keyboard.type(stack.username) // the form has the focus already
  await page.keyboard.press('Tab')
  await page.keyboard.type(stack.password)
  await page.keyboard.press('Enter')
  await signedIn(page, stack.username)
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Upload files')

  await page.reload()
  await signedIn(page, stack.username)
  assert.deepEqual(await page.evaluate(() => Object.keys(localStorage)), [], 'no token outlives the tab')

  const revoked = page.waitForResponse((r) => r.request().headers()['x-amz-target']?.endsWith('.RevokeToken'))
  await page.getByRole('button', { name: 'Sign out' }).click()
  assert.equal((await revoked).status(), 200)
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await page.reload()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
})

test('the password does not leave the browser', async () => {
  const sent = []
  page.on('request', (request) => sent.push(request.postData() ?? ''))
  await signIn(page, stack)
  await signedIn(page, stack.username)
  assert.ok(sent.some((body) => body.includes('SRP_A')))
  assert.ok(sent.every((body) => !body.includes(stack.password)))
})

test('a wrong password is refused in words, and the field is ready for the next try', async () => {
  await signIn(page, { ...stack, password: 'not-the-password' })
  await page.getByRole('alert').getByText('The username or the password is wrong.').waitFor()
  await screenshot(page, 'wrong-password')
  assert.deepEqual(await violations(page), [])
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'sign-in-password')
  await page.keyboard.type(stack.password)
  await page.keyboard.press('Enter')
  await signedIn(page, stack.username)
})

test('an invited user chooses a password first', async () => {
  await admin.invite('newcomer', 'Temporary-7-password')
  await signIn(page, { username: 'newcomer', password: 'Temporary-7-password' })
  await page.getByRole('heading', { name: 'Choose a new password' }).waitFor()
  await page.getByLabel('New password', { exact: true }).fill(PASSWORD)
  await page.getByLabel('The same password again').fill('Something-7-else')
  await page.getByRole('button', { name: 'Set password' }).click()
  await page.getByRole('alert').getByText('The two passwords are not the same.').waitFor()
  await page.getByLabel('The same password again').fill(PASSWORD)
  await page.getByRole('button', { name: 'Set password' }).click()
  await signedIn(page, 'newcomer')
})

test('a user with an authenticator app is asked for its code', async () => {
  const user = await admin.addUser('careful', PASSWORD)
  const secret = await addAuthenticator(user)
  await signIn(page, user)
  await page.getByLabel('Code of your authenticator app').fill('000000')
  await page.getByRole('button', { name: 'Confirm code' }).click()
  await page.getByRole('alert').getByText('That code is wrong.').waitFor()
  await screenshot(page, 'authenticator-code')
  assert.deepEqual(await violations(page), [])
  // The code of the step before has been used to set the app up, and Cognito takes no code twice.
  await page.getByLabel('Code of your authenticator app').fill(totp(secret, Date.now() + 30_000))
  await page.getByRole('button', { name: 'Confirm code' }).click()
  await signedIn(page, 'careful')
})

test('an access token that has expired is refreshed without a word', async () => {
  await signIn(page, stack)
  await signedIn(page, stack.username)
  const refreshed = page.waitForResponse((r) => /GetTokensFromRefreshToken|InitiateAuth/.test(r.request().headers()['x-amz-target']))
  await page.clock.setFixedTime(Date.now() + 2 * HOUR_MS)
  await page.getByRole('button', { name: 'Refresh' }).click()
  assert.equal((await refreshed).status(), 200)
  await page.getByText('No files yet').waitFor()
})

test('a session that has expired asks to sign in, and then continues with the upload', async () => {
  const user = await admin.addUser('returning', PASSWORD)
  await signIn(page, user)
  await signedIn(page, user.username)
  await choose(page, note)
  await admin.signOut(user.username)
  await page.clock.setFixedTime(Date.now() + 2 * HOUR_MS)
  await startUpload(page)
  await page.getByRole('alert').getByText('Your session has expired. Sign in again to continue.').waitFor()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await screenshot(page, 'session-expired')
  assert.deepEqual(await violations(page), [])
  await page.clock.setFixedTime(Date.now())
  await signIn(page, user)
  await inList(page, note.name)
  const [stored] = await admin.objects('returning/')
  assert.deepEqual(stored.bytes, note.bytes)
})

test('another user who signs in after an expired session finds nothing of the first', async () => {
  const first = await admin.addUser('first', PASSWORD)
  const second = await admin.addUser('second', PASSWORD)
  await signIn(page, first)
  await signedIn(page, first.username)
  await choose(page, note)
  await admin.signOut(first.username)
  await page.clock.setFixedTime(Date.now() + 2 * HOUR_MS)
  await startUpload(page)
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await page.clock.setFixedTime(Date.now())
  await signIn(page, second)
  await signedIn(page, second.username)
  await page.getByText('No files yet').waitFor()
  assert.equal(await page.getByText(note.name).count(), 0)
  assert.deepEqual(await admin.objects('second/'), [])
})

/** Gives a user an authenticator app, as an account page would. */
async function addAuthenticator({ username, password }) {
  const signedIn = await admin.cognito('InitiateAuth', {
    AuthFlow: 'USER_PASSWORD_AUTH',
    ClientId: stack.appClientId,
    AuthParameters: { USERNAME: username, PASSWORD: password },
  })
  const { AccessToken } = signedIn.AuthenticationResult
  const { SecretCode } = await admin.cognito('AssociateSoftwareToken', { AccessToken })
  await admin.cognito('VerifySoftwareToken', { AccessToken, UserCode: totp(SecretCode) })
  await admin.cognito('SetUserMFAPreference', {
    AccessToken,
    SoftwareTokenMfaSettings: { Enabled: true, PreferredMfa: true },
  })
  return SecretCode
}
