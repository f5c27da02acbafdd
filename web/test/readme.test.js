import assert from 'node:assert/strict'
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'

import { administrator, startStack } from '../e2e/stack.js'
import { headersOf } from '../publish.js'

const WEB = new URL('../', import.meta.url)
const readme = await readFile(new URL('README.md', WEB), 'utf8')

/** The one block of a language in the README; '' is the one that names none. @param {string} language */
function block(language) {
  const blocks = [...readme.matchAll(/^```(.*)\n([^]*?)^```$/gm)].filter((match) => match[1] === language)
  assert.equal(blocks.length, 1)
  return blocks[0][2]
}

/** What Uppy sends its bytes with, which Node lacks: on fetch, and only what Uppy asks of it. */
class XMLHttpRequest {
  upload = {}
  status = 0
  #headers = {}

  open(method, url) {
    Object.assign(this, { method, url })
  }
  setRequestHeader(name, value) {
    this.#headers[name] = value
  }
  getResponseHeader(name) {
    return this.response.headers.get(name)
  }
  abort() {}
  async send(body) {
    try {
      this.response = await fetch(this.url, { method: this.method, headers: this.#headers, body })
      this.responseText = await this.response.text()
      this.status = this.response.status
    } catch {
      return this.onerror()
    }
    this.onload()
  }
}

/** The app that the README's reader has: the adapter copied beside the snippet, and Uppy installed. @param {any} t */
async function readersApp(t) {
  // Below node_modules: packages are found from there, and git and make look away.
  const folder = await mkdtemp(new URL('node_modules/.readme-', WEB).pathname)
  t.after(() => rm(folder, { recursive: true }))
  for (const name of [
    'presigned-uppy.js', 'presigned-upload.js', 'presigned-ahead.js', 'multipart.js', 's3.js', 'sha256.js', 'stage.js', 'unfinished.js', 'names.js',
  ]) {
    await copyFile(new URL(`src/${name}`, WEB), `${folder}/${name}`)
  }
  await writeFile(`${folder}/app.mjs`, `${block('js')}\nexport { uppy }\n`)
  return pathToFileURL(`${folder}/app.mjs`).href
}

/** @param {Awaited<ReturnType<typeof startStack>>} stack */
async function tokenOf({ cognitoUrl, appClientId, username, password }) {
  const response = await fetch(cognitoUrl, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-amz-json-1.1', 'X-Amz-Target': 'AWSCognitoIdentityProviderService.InitiateAuth' },
    body: JSON.stringify({
      AuthFlow: 'USER_PASSWORD_AUTH', ClientId: appClientId, AuthParameters: { USERNAME: username, PASSWORD: password },
    }),
  })
  return (await response.json()).AuthenticationResult.AccessToken
}

test('the snippet of the README, as it stands, uploads files through the local run', async (t) => {
  const stack = await startStack('local-assembly')
  t.after(() => stack.stop())
  let token = await tokenOf(stack)
  // What the snippet leaves to its reader, and what a browser has.
  Object.assign(globalThis, { uploadUrl: stack.uploadUrl, accessToken: async () => token, XMLHttpRequest })
  const { uppy } = await import(await readersApp(t))

  /** @param {string} name @param {Buffer} bytes */
  const upload = (name, bytes) => {
    uppy.addFile({ name, type: 'application/json', data: new Blob([bytes]) })
    return uppy.upload()
  }
  const sent = [Buffer.from('{"fruit": "banana"}'), Buffer.alloc(8 * 1024 * 1024 + 1, 7)] // one PUT, two parts
  for (const bytes of sent) {
    const { successful, failed } = await upload(`${bytes.length}.json`, bytes)
    assert.deepEqual(failed, [])
    assert.equal(successful.length, 1)
  }
  const stored = await administrator(stack).objects(`${stack.username}/`)
  assert.deepEqual(stored.map(({ bytes }) => bytes.length), sent.map((bytes) => bytes.length))
  for (const [i, { key, type, bytes }] of stored.entries()) {
    assert.match(key, new RegExp(`^johndoe/\\d{13}-${sent[i].length}\\.json$`))
    assert.equal(type, 'application/json')
    assert.ok(bytes.equals(sent[i]))
  }

  uppy.setOptions({ infoTimeout: 0 }) // a notice of the refusal, which nobody sees here, would hold the process for 5 s
  token = 'none'
  const { failed } = await upload('refused.json', Buffer.from('?'))
  assert.match(failed[0].error, /\(Unauthorized\)$/)
})

test('the headers of the README are those that the page is published with', () => {
  const said = block('').replaceAll(/\n +/g, ' ').trimEnd().split('\n')
  const outputs = {
    Region: 'REGION', UserPoolId: 'POOL', AppClientId: 'CLIENT', BucketUrl: 'https://bucket.s3.region.amazonaws.com', UploadUrl: 'https://API/v1/generate-presigned-url',
  }
  const sent = Object.entries(headersOf(outputs)).map(([name, value]) => `${name}: ${value.replace('https://api', 'https://API').replace('bucket.s3.region', 'BUCKET.s3.REGION')}`)
  assert.deepEqual(said, sent)
})
