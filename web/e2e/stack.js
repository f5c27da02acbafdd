import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import { AwsClient } from 'aws4fetch'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const FREE = '127.0.0.1:0'

/**
 * Runs the stack of an assembly below build/ on free ports, as `make run` does.
 *
 * @param {string} assembly such as "local-assembly"
 * @param {string} [pageDir]
 */
export async function startStack(assembly, pageDir = 'web/dist') {
  const child = spawn(
    'build/local',
    [
      ...['run', '--json', '--exit-with-stdin', '--assembly', `build/${assembly}`, '--page-dir', pageDir, '--outputs', ''],
      ...['--api', FREE, '--s3', FREE, '--cognito', FREE, '--page', FREE],
    ],
    { cwd: ROOT, stdio: ['pipe', 'pipe', 'pipe'] }, // its stdin closes when this process dies, and it ends with that
  )
  const log = []
  child.stderr.on('data', (text) => log.push(text))
  const ended = once(child, 'exit')
  const ready = once(createInterface({ input: child.stdout }), 'line')
  const first = await Promise.race([ready, ended])
  if (typeof first[0] !== 'string') throw new Error(`the local run ended before it was ready:\n${log.join('')}`)
  return {
    ...JSON.parse(first[0]),
    log: () => log.join(''),
    async stop() {
      child.stdin.end()
      await ended
    },
  }
}

/** An access token of the demo user. @param {Awaited<ReturnType<typeof startStack>>} stack */
export async function tokenOf({ cognitoUrl, appClientId, username, password }) {
  const response = await fetch(cognitoUrl, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-amz-json-1.1', 'X-Amz-Target': 'AWSCognitoIdentityProviderService.InitiateAuth' },
    body: JSON.stringify({
      AuthFlow: 'USER_PASSWORD_AUTH', ClientId: appClientId, AuthParameters: { USERNAME: username, PASSWORD: password },
    }),
  })
  return (await response.json()).AuthenticationResult.AccessToken
}

/**
 * What an administrator does behind the page's back, on a stack of startStack().
 *
 * @param {Awaited<ReturnType<typeof startStack>>} stack
 */
export function administrator(stack) {
  const { accessKeyId, secretAccessKey, region, userPoolId, s3Url, bucket, cognitoUrl } = stack
  const aws = new AwsClient({ accessKeyId, secretAccessKey, region, retries: 0 })

  /** @param {string} operation @param {object} input */
  async function cognito(operation, input) {
    const response = await aws.fetch(cognitoUrl, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/x-amz-json-1.1',
        'X-Amz-Target': `AWSCognitoIdentityProviderService.${operation}`,
      },
      body: JSON.stringify(input),
      aws: { service: 'cognito-idp' },
    })
    const answer = await response.json()
    if (!response.ok) throw new Error(`${operation}: ${response.status} ${JSON.stringify(answer)}`)
    return answer
  }

  return {
    cognito,
    /** A user whose first sign-in has to choose a password. @param {string} Username @param {string} TemporaryPassword */
    invite: (Username, TemporaryPassword) =>
      cognito('AdminCreateUser', { UserPoolId: userPoolId, Username, TemporaryPassword, MessageAction: 'SUPPRESS' }),

    /** A user who may sign in. @param {string} Username @param {string} Password */
    async addUser(Username, Password) {
      await this.invite(Username, Password)
      await cognito('AdminSetUserPassword', { UserPoolId: userPoolId, Username, Password, Permanent: true })
      return { username: Username, password: Password }
    },

    /** Revokes every refresh token of a user. @param {string} Username */
    signOut: (Username) => cognito('AdminUserGlobalSignOut', { UserPoolId: userPoolId, Username }),

    /** The objects below a prefix, oldest first, as their bytes. @param {string} prefix */
    async objects(prefix) {
      const list = await s3(`?list-type=2&prefix=${encodeURIComponent(prefix)}`)
      const keys = textsOf(await list.text(), 'Key')
      return Promise.all(
        keys.map(async (key) => {
          const response = await s3(key)
          return { key, type: response.headers.get('content-type'), bytes: Buffer.from(await response.arrayBuffer()) }
        }),
      )
    },

    /** Drops every unfinished upload below a prefix, as the bucket does after a day. @param {string} prefix */
    async dropUploads(prefix) {
      const list = await (await s3(`?uploads&prefix=${encodeURIComponent(prefix)}`)).text()
      const ids = textsOf(list, 'UploadId')
      for (const [i, key] of textsOf(list, 'Key').entries()) await s3(`${key}?uploadId=${ids[i]}`, 'DELETE')
      return ids.length
    },
  }

  /** @param {string} xml @param {string} name */
  function textsOf(xml, name) {
    return [...xml.matchAll(new RegExp(`<${name}>([^<]+)</${name}>`, 'g'))].map((match) => match[1])
  }

  /** @param {string} rest @param {string} [method] */
  async function s3(rest, method = 'GET') {
    const response = await aws.fetch(`${s3Url}/${bucket}/${rest}`, { method, aws: { service: 's3' } })
    if (!response.ok) throw new Error(`${rest}: ${response.status} ${await response.text()}`)
    return response
  }
}
