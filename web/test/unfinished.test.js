import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { learnedStage } from '../packages/presigned-upload/src/stage.js'
import { unfinishedUploads } from '../packages/presigned-upload/src/unfinished.js'
import { sourceOf } from '../packages/presigned-upload/src/presigned-upload.js'

const HOUR_MS = 3_600_000
const one = (began = Date.now()) => ({ key: 'johndoe/1', uploadId: 'u', partBytes: 1, began })

describe('uploads that have not ended', () => {
  test('are found by file, and listed for their owner', () => {
    const unfinished = unfinishedUploads(() => 'johndoe')
    unfinished.set('a', one())
    unfinished.set('b', one())
    assert.equal(unfinished.get('a').key, 'johndoe/1')
    assert.equal(unfinished.get('c'), undefined)
    assert.equal(unfinished.all().length, 2)
    unfinished.remove('a')
    assert.deepEqual([unfinished.get('a'), unfinished.all().length], [undefined, 1])
    unfinished.clear()
    assert.deepEqual(unfinished.all(), [])
  })

  test('lie in localStorage, under the name of their owner, which may be none', () => {
    globalThis.localStorage = Object.create({ getItem(name) { return this[name] ?? null }, setItem(name, value) { this[name] = value }, removeItem(name) { delete this[name] } })
    unfinishedUploads(() => 'johndoe').set('a', one())
    unfinishedUploads(() => undefined).set('a', one())
    assert.deepEqual(Object.keys(localStorage), ['presigned-upload johndoe a', 'presigned-upload  a'])
    delete globalThis.localStorage
  })

  test('are forgotten, and removed, after a day', (t) => {
    const storage = { 'presigned-upload johndoe other': 'not JSON', getItem(name) { return this[name] ?? null }, setItem(name, value) { this[name] = value }, removeItem(name) { delete this[name] } }
    const unfinished = unfinishedUploads(() => 'johndoe', storage)
    t.mock.timers.enable({ apis: ['Date'], now: 1e12 })
    unfinished.set('a', one(1e12 - 24 * HOUR_MS + 1))
    unfinished.set('b', one(1e12 - 24 * HOUR_MS))
    assert.equal(unfinished.get('other'), undefined)
    assert.equal(unfinished.all().length, 1)
    assert.deepEqual(Object.keys(storage).filter((name) => name.startsWith('presigned')), ['presigned-upload johndoe a'])
  })

  test('that cannot be kept are uploaded all the same', (t) => {
    const warned = t.mock.method(console, 'warn', () => {}).mock
    const full = new Error('full')
    unfinishedUploads(() => 'johndoe', { getItem: () => null, setItem: () => { throw full }, removeItem: () => {} }).set('a', one())
    assert.deepEqual(warned.calls.map((call) => call.arguments), [['this upload cannot be resumed after a reload:', full]])
  })
})

describe('what a stage takes in parts', () => {
  const MIB = 1024 * 1024

  test('is any file of two parts, until it says more', () => {
    const stage = learnedStage()
    assert.deepEqual([stage.partBytes(1), stage.takesInParts(5 * MIB), stage.takesInParts(5 * MIB + 1)], [5 * MIB, false, true])
    stage.learn({ partSize: 8 * MIB, maxUploadBytes: 20 * MIB })
    assert.deepEqual([8, 9, 20, 21].map((size) => stage.takesInParts(size * MIB)), [false, true, true, false])
    stage.onlyWhole()
    assert.equal(stage.takesInParts(9 * MIB), false)
  })

  test('has no more than 10,000 parts', () => {
    const stage = learnedStage()
    assert.equal(stage.partBytes(10_000 * 5 * MIB), 5 * MIB)
    assert.equal(stage.partBytes(10_000 * 5 * MIB + 1), 5 * MIB + 1)
  })
})

test('a chosen file is told from others by path, size, time of change and type', () => {
  const file = new File(['words'], 'a.txt', { type: 'text/plain', lastModified: 7 })
  assert.deepEqual(sourceOf(file), { id: 'a.txt 5 7 text/plain', data: file, name: 'a.txt', type: 'text/plain' })
  Object.defineProperty(file, 'webkitRelativePath', { value: 'folder/a.txt' })
  assert.equal(sourceOf(file).id, 'folder/a.txt 5 7 text/plain')
})
