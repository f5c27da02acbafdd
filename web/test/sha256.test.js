import assert from 'node:assert/strict'
import { test } from 'node:test'

import { sha256 } from '../packages/presigned-upload/src/sha256.js'
import { checksumOf, MIB } from './fake-stack.js'

test('a small file and one that is hashed in a stream have their checksums', async () => {
  for (const length of [1, 65 * MIB]) {
    const bytes = Buffer.alloc(length, 'ab')
    assert.equal(await sha256(new Blob([bytes])), checksumOf(bytes))
  }
})

test('no file is read into memory that is too large for it', async () => {
  const data = { size: 65 * MIB, arrayBuffer: () => assert.fail('read into memory'), stream: () => new Blob(['banana']).stream() }
  assert.equal(await sha256(data), checksumOf('banana'))
})
