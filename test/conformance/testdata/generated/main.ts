// The main job with the client that OpenAPI Generator makes for TypeScript.
import { type Answer, type BatchAnswer, Configuration, DefaultApi, type PresignUploadRequest, type PutObjectRequest, ResponseError } from './client/index.js'

declare const process: { env: Record<'API_URL' | 'ACCESS_TOKEN', string> } // without the types of all of Node.js

const content = 'bananas'
const { API_URL: basePath, ACCESS_TOKEN: accessToken } = process.env
const api = new DefaultApi(new Configuration({ basePath, accessToken }))

/** Sends exactly what was answered. */
async function send({ method, url, headers }: Answer) {
  const response = await fetch(url, { method, headers, ...(method === 'PUT' && { body: content }) })
  return response.ok ? await response.text() : `status ${response.status}`
}

async function check(name: string, run: () => Promise<boolean>) {
  try {
    console.log((await run()) ? `pass ${name}` : `fail ${name}: another result`)
  } catch (error) {
    console.log(`fail ${name}: ${error}`)
  }
}

const put: PutObjectRequest = { contentType: 'text/plain', contentLength: content.length }
const upload = (presignUploadRequest: PresignUploadRequest) => api.presignUpload({ presignUploadRequest })
let key = ''
await check('upload', async () => {
  const answer = (await upload(put)) as Answer
  key = answer.key ?? ''
  return (await send(answer)) === ''
})
await check('download', async () => (await send((await api.presignDownload({ presignDownloadRequest: { key } })) as Answer)) === content)
await check('batch', async () => {
  const { results } = (await upload({ requests: [put, put] })) as BatchAnswer
  return results.length === 2 && 'method' in results[1]! && results[1].method === 'PUT'
})
await check('refusal', async () => {
  try {
    await api.presignDownload({ presignDownloadRequest: { key: 'alice/1' } })
  } catch (error) {
    return error instanceof ResponseError && error.response.status === 403
  }
  return false
})
