#!/usr/bin/env node
// Uploads a file with fetch alone, and prints its object key.
//
//     PRESIGNED_UPLOAD_URL=... PRESIGNED_ACCESS_TOKEN=... node upload.mjs [FILE [CONTENT-TYPE]]
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'

const { PRESIGNED_UPLOAD_URL, PRESIGNED_ACCESS_TOKEN } = process.env
const [file = 'banana.json', contentType = 'application/json'] = process.argv.slice(2)

async function upload() {
  const content = await readFile(file)
  const answer = await send('presign', PRESIGNED_UPLOAD_URL, {
    method: 'POST',
    headers: { Authorization: `Bearer ${PRESIGNED_ACCESS_TOKEN}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({
      filename: basename(file), // becomes part of the object key
      contentType,
      contentLength: content.length,
      checksumSHA256: createHash('sha256').update(content).digest('base64'), // S3 refuses any other content
    }),
  })
  const { url, method, headers, key } = await answer.json()
  // Exactly the method, URL and headers of the answer: the signature covers them.
  await send('upload', url, { method, headers, body: content })
  return key
}

/** fetch, but an answer that is an error is an error. The URL stays out of it: whoever reads it could use it. */
async function send(what, url, request) {
  const response = await fetch(url, request)
  if (!response.ok) throw new Error(`${what}: ${response.status} ${await response.text()}`)
  return response
}

try {
  console.log(await upload())
} catch (error) {
  console.error(error.cause?.message ?? error.message) // fetch hides the reason of a broken connection in the cause
  process.exitCode = 1
}
