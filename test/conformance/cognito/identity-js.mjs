// Signs in with amazon-cognito-identity-js, which computes SRP by itself, and prints "pass NAME" or "fail NAME: WHY".
import { createHmac } from 'node:crypto'
import { text } from 'node:stream/consumers'
import * as cognito from 'amazon-cognito-identity-js'

const { COGNITO_URL: endpoint, USER_POOL_ID: UserPoolId, APP_CLIENT_ID: ClientId } = process.env
const { username, password, newcomer, temporary, replacement } = JSON.parse(await text(process.stdin))

class Storage { // the library's own keeps tokens of all users together, for the life of the page
  #items = {}
  getItem(key) { return this.#items[key] ?? null }
  setItem(key, value) { this.#items[key] = value }
  removeItem(key) { delete this.#items[key] }
  clear() { this.#items = {} }
}

function userOf(Username) {
  const storage = new Storage()
  const pool = new cognito.CognitoUserPool({ UserPoolId, ClientId, endpoint, Storage: storage })
  return new cognito.CognitoUser({ Username, Pool: pool, Storage: storage })
}

// A sign-in ends in one of several callbacks: this tells which, with what it was called with.
function outcome(user, start) {
  return new Promise((resolve) => {
    const callbacks = {}
    for (const name of ['onSuccess', 'onFailure', 'newPasswordRequired', 'totpRequired', 'mfaRequired', 'mfaSetup', 'selectMFAType', 'associateSecretCode']) {
      callbacks[name] = (...args) => resolve({ name, args })
    }
    start(callbacks)
  })
}
const signIn = (user, Username, Password) =>
  outcome(user, (callbacks) => user.authenticateUser(new cognito.AuthenticationDetails({ Username, Password }), callbacks))
const call = (user, method, ...args) =>
  new Promise((resolve, reject) => user[method](...args, (error, result) => (error ? reject(error) : resolve(result))))

function totp(secret, step = 0) { // RFC 6238
  let bits = ''
  for (const c of secret) bits += 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')
  const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + step))
  const mac = createHmac('sha1', key).update(counter).digest()
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1e6).padStart(6, '0')
}

async function check(name, body) {
  try {
    await body()
    console.log(`pass ${name}`)
  } catch (error) {
    console.log(`fail ${name}: ${String(error.message ?? error).replaceAll('\n', ' ')}`)
  }
}
function want(got, expected) {
  if (got !== expected) throw new Error(`got ${got}, want ${expected}`)
}
async function refused(promise, code) {
  const got = await promise.then(() => 'no error', (error) => error.code ?? error.name)
  want(got, code)
}

const user = userOf(username)
let first
await check('SRP sign-in', async () => {
  const got = await signIn(user, username, password)
  want(got.name, 'onSuccess')
  first = got.args[0]
  want(first.getAccessToken().payload.username, username)
  want(first.getIdToken().payload.aud, ClientId)
  want(first.getIdToken().payload['cognito:username'], username)
  want(first.isValid(), true)
})
await check('session from the cache', async () => want((await call(user, 'getSession')).isValid(), true))
await check('wrong password', async () => {
  const got = await signIn(userOf(username), username, 'Wrong-7-password')
  want(`${got.name} ${got.args[0].code} ${got.args[0].message}`, 'onFailure NotAuthorizedException Incorrect username or password.')
})
await check('unknown user looks like a wrong password', async () => {
  const got = await signIn(userOf('nobody'), 'nobody', password)
  want(`${got.name} ${got.args[0].code}`, 'onFailure NotAuthorizedException')
})
await check('plain password', async () => {
  const other = userOf(username)
  other.setAuthenticationFlowType('USER_PASSWORD_AUTH')
  want((await signIn(other, username, password)).name, 'onSuccess')
})
await check('refresh', async () => {
  const again = await call(user, 'refreshSession', first.getRefreshToken())
  want(again.isValid(), true)
  want(again.getAccessToken().getJwtToken() !== first.getAccessToken().getJwtToken(), true)
})
await check('new password required', async () => {
  const stranger = userOf(newcomer)
  want((await signIn(stranger, newcomer, temporary)).name, 'newPasswordRequired')
  const short = await outcome(stranger, (callbacks) => stranger.completeNewPasswordChallenge('short', {}, callbacks))
  want(`${short.name} ${short.args[0].code}`, 'onFailure InvalidPasswordException')
  want((await signIn(stranger, newcomer, temporary)).name, 'newPasswordRequired')
  const got = await outcome(stranger, (callbacks) => stranger.completeNewPasswordChallenge(replacement, {}, callbacks))
  want(got.name, 'onSuccess')
})
await check('the temporary password is gone', async () => want((await signIn(userOf(newcomer), newcomer, temporary)).name, 'onFailure'))
const member = userOf(newcomer)
await check('TOTP', async () => {
  want((await signIn(member, newcomer, replacement)).name, 'onSuccess')
  const associated = await outcome(member, (callbacks) => member.associateSoftwareToken(callbacks))
  want(associated.name, 'associateSecretCode')
  const [secret] = associated.args
  const wrong = await outcome(member, (callbacks) => member.verifySoftwareToken('000000', 'phone', callbacks))
  want(wrong.name, 'onFailure')
  want((await outcome(member, (callbacks) => member.verifySoftwareToken(totp(secret), 'phone', callbacks))).name, 'onSuccess')
  want(await call(member, 'setUserMfaPreference', null, { PreferredMfa: true, Enabled: true }), 'SUCCESS')
  const next = userOf(newcomer)
  want((await signIn(next, newcomer, replacement)).name, 'totpRequired')
  const bad = await outcome(next, (callbacks) => next.sendMFACode('000000', callbacks, 'SOFTWARE_TOKEN_MFA'))
  want(`${bad.name} ${bad.args[0].code}`, 'onFailure CodeMismatchException')
  const good = await outcome(next, (callbacks) => next.sendMFACode(totp(secret, 1), callbacks, 'SOFTWARE_TOKEN_MFA'))
  want(good.name, 'onSuccess')
})
await check('global sign-out', async () => {
  const out = await new Promise((resolve) => user.globalSignOut({ onSuccess: resolve, onFailure: (error) => resolve(error.message) }))
  want(out, 'SUCCESS')
  await refused(call(userOf(username), 'refreshSession', first.getRefreshToken()), 'NotAuthorizedException')
})
await check('revocation on sign-out', async () => {
  const other = userOf(username)
  const got = await signIn(other, username, password)
  await new Promise((resolve, reject) => other.signOut((error) => (error ? reject(error) : resolve())))
  await refused(call(userOf(username), 'refreshSession', got.args[0].getRefreshToken()), 'NotAuthorizedException')
})
