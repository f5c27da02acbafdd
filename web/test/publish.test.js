import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { configOf, headersOf } from '../publish.js'

const outputs = {
  Region: 'eu-west-1', UserPoolId: 'eu-west-1_Example', AppClientId: '1example', BucketUrl: 'https://uploads.s3.eu-west-1.amazonaws.com',
  UploadUrl: 'https://api.execute-api.eu-west-1.amazonaws.com/v1/generate-presigned-url',
}

for (const [field, output] of [['downloadUrl', 'DownloadUrl'], ['deleteUrl', 'DeleteUrl']]) {
  test(`a stage without ${output} has no ${field}`, () => {
    assert.equal(field in configOf(outputs), false)
    assert.equal(configOf({ ...outputs, [output]: 'https://x' })[field], 'https://x')
  })
}

test('outputs of something else are refused', () => {
  assert.throws(() => configOf({ ...outputs, UserPoolId: undefined }), /no UserPoolId/)
})

test('the page may talk to its own stack and to nobody else', () => {
  assert.match(headersOf(outputs)['Content-Security-Policy'], new RegExp(
    "; connect-src 'self' https://api.execute-api.eu-west-1.amazonaws.com https://uploads.s3.eu-west-1.amazonaws.com https://cognito-idp.eu-west-1.amazonaws.com; "))
})

test('the headers are those that the local run sends', async () => {
  const source = await readFile(new URL('../../local/stack/page.go', import.meta.url), 'utf8')
  for (const [name, value] of Object.entries(headersOf(outputs))) {
    assert.ok(source.includes(`"${name}":`), `page.go sends no ${name}`)
    for (const part of value.split('; ')) {
      if (!part.startsWith('connect-src')) assert.ok(source.includes(`"${part}"`), `page.go's ${name} has no ${part}`)
    }
  }
})

test('the folder has the page and its config', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'page-'))
  await writeFile(join(folder, 'outputs.json'), JSON.stringify({ Stack: outputs }))
  const { stdout } = await promisify(execFile)(process.execPath, ['publish.js', join(folder, 'outputs.json'), join(folder, 'page')])
  assert.match(stdout, /^Content-Security-Policy: /)
  assert.deepEqual(JSON.parse(await readFile(join(folder, 'page/config.json'), 'utf8')), configOf(outputs))
  assert.ok((await stat(join(folder, 'page/index.html'))).isFile())
})
