import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { createFiles } from '../src/files.js'
import { openPage } from './dom.js'

/** Files of an S3 that gives these answers, and an endpoint that remembers what it was asked. */
function start(t, answers, deletes = true) {
  openPage()
  const asked = []
  const sent = []
  t.mock.method(globalThis, 'fetch', async (url, { method, headers }) => {
    sent.push([method, url, headers])
    const answer = answers.shift()
    if (answer instanceof Error) throw answer
    return answer
  })
  const presign = (route) => async (request) => {
    asked.push([route, request])
    return { url: `https://bucket/${request.operation}`, headers: { 'X-Signed': 'yes' } }
  }
  return { asked, sent, files: createFiles(presign('download'), deletes ? presign('delete') : undefined) }
}

const list = (keys, truncated) => new Response(`<ListBucketResult><IsTruncated>${truncated}</IsTruncated>${keys.map(
  (key) => `<Contents><Key>${key}</Key><LastModified>2026-01-02T03:04:05.000Z</LastModified><Size>7</Size></Contents>`).join('')}</ListBucketResult>`)

test('the list has key, size and time of each object', async (t) => {
  const { files, asked, sent } = start(t, [list(['johndoe/1764335562000-a.txt'], false)])
  await files.list.read()
  assert.deepEqual(files.list.all(), [{ key: 'johndoe/1764335562000-a.txt', size: 7, uploaded: new Date('2026-01-02T03:04:05Z') }])
  assert.deepEqual(asked, [['download', { operation: 'listObjectsV2' }]])
  assert.deepEqual(sent, [['GET', 'https://bucket/listObjectsV2', { 'X-Signed': 'yes' }]])
  assert.equal(files.list.complete(), true)
})

test('a list of several pages is read from the newest, and from where it is known', async (t) => {
  const now = Date.now()
  const { files, asked } = start(t, [list(['johndoe/1500000000000'], true), list([`johndoe/${now - 1}`], false), list(['johndoe/1500000000000'], false)])
  t.mock.timers.enable({ apis: ['Date'], now })
  await files.list.read().catch(() => {})
  assert.match(asked[1][1].startAfter, /^johndoe\/\d{13}_$/)
  assert.ok(files.list.all().some(({ key }) => key === `johndoe/${now - 1}`))
})

describe('a download', () => {
  test('has the name of the key', async (t) => {
    const { files, asked } = start(t, [])
    assert.equal(await files.downloadUrl('johndoe/1764335562000-my_20_file.txt'), 'https://bucket/getObject')
    assert.deepEqual(asked, [['download', { operation: 'getObject', key: 'johndoe/1764335562000-my_20_file.txt', filename: 'my file.txt' }]])
  })

  for (const [type, want] of [
    ['image/png', '1764335562000.png'], ['text/plain; charset=utf-8', '1764335562000.txt'], ['application/json', '1764335562000.json'], ['application/pdf', '1764335562000.pdf'],
    ['application/zip', '1764335562000.zip'], ['image/gif', '1764335562000.gif'], ['image/jpeg', '1764335562000.jpg'], ['image/svg+xml', '1764335562000.svg'],
    ['image/webp', '1764335562000.webp'], ['text/csv', '1764335562000.csv'], ['text/html', '1764335562000.html'], ['video/mp4', '1764335562000.mp4'],
    ['application/octet-stream', '1764335562000'], [undefined, '1764335562000'],
  ]) {
    test(`of a key without a name is named by its type: ${type}`, async (t) => {
      const { files, asked, sent } = start(t, [new Response(null, { headers: type ? { 'content-type': type } : {} })])
      await files.downloadUrl('johndoe/1764335562000')
      assert.deepEqual(asked.map(([, request]) => request), [{ operation: 'headObject', key: 'johndoe/1764335562000' }, { operation: 'getObject', key: 'johndoe/1764335562000', filename: want }])
      assert.equal(sent[0][0], 'HEAD')
    })
  }
})

test('the content is read as it was uploaded', async (t) => {
  const { files, asked } = start(t, [new Response('bananas')])
  assert.equal(await (await files.content('johndoe/1')).text(), 'bananas')
  assert.deepEqual(asked, [['download', { operation: 'getObject', key: 'johndoe/1' }]])
})

test('a deletion goes to the endpoint for deletions, and exists only where the stage has it', async (t) => {
  const { files, asked, sent } = start(t, [new Response(null, { status: 204 })])
  await files.remove('johndoe/1')
  assert.deepEqual(asked, [['delete', { operation: 'deleteObject', key: 'johndoe/1' }]])
  assert.equal(sent[0][0], 'DELETE')
  assert.equal(start(t, [], false).files.remove, undefined)
})

test('a refusal of S3 has its status and document', async (t) => {
  const { files } = start(t, [new Response('<Error/>', { status: 403 })])
  await assert.rejects(files.content('johndoe/1'), { status: 403, body: '<Error/>' })
})

test('no answer is told as such', async (t) => {
  const { files } = start(t, [new TypeError('Failed to fetch')])
  await assert.rejects(files.content('johndoe/1'), { name: 'Unreachable', code: 'NETWORK' })
})
