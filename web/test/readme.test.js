import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'

import { administrator, startStack, tokenOf } from '../e2e/stack.js'
import { headersOf } from '../publish.js'
import { WEB, withPackages } from './packed.js'

/** The one block of a language in a README; '' is the one that names none. @param {string} path @param {string} language */
async function block(path, language) {
  const readme = await readFile(`${WEB}${path}README.md`, 'utf8')
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

/** The app that a README's reader has: the package installed, and its snippet. @param {any} t @param {string} name */
async function readersApp(t, name) {
  const { folder } = await withPackages(t)
  await writeFile(`${folder}/app.mjs`, `${await block(`packages/${name}/`, 'js')}\n${name === 'presigned-uppy' ? 'export { uppy }' : ''}\n`)
  return import(pathToFileURL(`${folder}/app.mjs`).href)
}

test('the snippet of presigned-uppy, as it stands, uploads files through the local run', async (t) => {
  const stack = await startStack('local-assembly')
  t.after(() => stack.stop())
  let token = await tokenOf(stack)
  // What the snippet leaves to its reader, and what a browser has.
  Object.assign(globalThis, { uploadUrl: stack.uploadUrl, accessToken: async () => token, XMLHttpRequest })
  const { uppy } = await readersApp(t, 'presigned-uppy')

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

test('the snippet of presigned-upload, as it stands, uploads a file through the local run, with progress', async (t) => {
  const stack = await startStack('local-assembly')
  t.after(() => stack.stop())
  const token = await tokenOf(stack)
  Object.assign(globalThis, { uploadUrl: stack.uploadUrl, accessToken: async () => token, XMLHttpRequest })
  const { upload } = await readersApp(t, 'presigned-upload')
  const bytes = Buffer.alloc(8 * 1024 * 1024 + 1, 7)
  const told = []
  const { key } = await upload(new File([bytes], 'two parts.json', { type: 'application/json' }), AbortSignal.timeout(60_000), (part) => told.push(part))
  const [stored] = await administrator(stack).objects(`${stack.username}/`)
  assert.equal(stored.key, key)
  assert.ok(stored.bytes.equals(bytes))
  assert.equal(told.at(-1), 1)
})

test('the headers of the README are those that the page is published with', async () => {
  const said = (await block('', '')).replaceAll(/\n +/g, ' ').trimEnd().split('\n')
  const outputs = {
    Region: 'REGION', UserPoolId: 'POOL', AppClientId: 'CLIENT', BucketUrl: 'https://bucket.s3.region.amazonaws.com', UploadUrl: 'https://API/v1/generate-presigned-url',
  }
  const sent = Object.entries(headersOf(outputs)).map(([name, value]) => `${name}: ${value.replace('https://api', 'https://API').replace('bucket.s3.region', 'BUCKET.s3.REGION')}`)
  assert.deepEqual(said, sent)
})
