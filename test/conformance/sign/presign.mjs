// Signs with the AWS SDK for JavaScript v3. Reads [{signer, ...}] as JSON from standard input, prints the answers.
//
// signer "sdk" presigns a request of the SDK's own; "recompute" signs a given URL again at a given time.
import { createHash, createHmac } from 'node:crypto'
import { text } from 'node:stream/consumers'
import * as s3 from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { SignatureV4 } from '@smithy/signature-v4'

const { S3_URL: endpoint, AWS_REGION: region, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = process.env
const client = new s3.S3Client({
  endpoint, region, forcePathStyle: true, credentials: { accessKeyId, secretAccessKey },
  requestChecksumCalculation: 'WHEN_REQUIRED', responseChecksumValidation: 'WHEN_REQUIRED',
})

const hash = (data) => (data?.toString ? data : String(data))
class Sha256 {
  constructor(secret) { this.h = secret ? createHmac('sha256', secret) : createHash('sha256') }
  update(data) { this.h.update(hash(data)) }
  async digest() { return new Uint8Array(this.h.digest()) }
}

const named = { put_object: 'PutObject', get_object: 'GetObject' }
const signers = {
  async sdk({ operation, params, expires, signed = [] }) {
    const names = new Set(signed)
    const options = { expiresIn: expires, signableHeaders: new Set(['host', ...names]), unhoistableHeaders: names }
    return { url: await getSignedUrl(client, new s3[`${named[operation]}Command`](params), options) }
  },
  async recompute(c) {
    const url = new URL(c.url)
    const query = {}
    for (const [name, value] of url.searchParams) query[name] = value
    const signer = new SignatureV4({
      service: 's3', region: c.region, sha256: Sha256, uriEscapePath: false, applyChecksum: false,
      credentials: { accessKeyId: c.accessKeyId, secretAccessKey: c.secretAccessKey, sessionToken: c.sessionToken },
    })
    const names = new Set(Object.keys(c.headers))
    const iso = c.date.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z')
    const signed = await signer.presign(
      {
        method: c.method, protocol: url.protocol, hostname: url.hostname, port: Number(url.port), path: url.pathname, query,
        headers: { ...c.headers, host: url.host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
      },
      {
        signingDate: new Date(iso), expiresIn: c.expires, signableHeaders: new Set(['host', ...names]),
        unhoistableHeaders: new Set([...names, 'x-amz-content-sha256']), unsignableHeaders: new Set(['x-amz-content-sha256']),
      },
    )
    return { signature: signed.query['X-Amz-Signature'], signedHeaders: signed.query['X-Amz-SignedHeaders'] }
  },
}

const answers = []
for (const one of JSON.parse(await text(process.stdin))) answers.push(await signers[one.signer](one))
process.stdout.write(JSON.stringify(answers))
