// Makes the built page ready for any static host:
//
//     node web/publish.js OUTPUTS FOLDER
//
// OUTPUTS is the file that `cdk deploy --outputs-file` wrote. FOLDER gets the page and its config.json; the headers that
// the host should send come on standard output, a line each.
import { cp, readFile, rm, writeFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'

/** The page's config.json, from a stack's outputs. */
export function configOf(outputs) {
  const named = {
    region: 'Region', userPoolId: 'UserPoolId', appClientId: 'AppClientId', uploadUrl: 'UploadUrl', downloadUrl: 'DownloadUrl',
    deleteUrl: 'DeleteUrl',
  }
  const optional = ['downloadUrl', 'deleteUrl'] // a stage without downloads, or without deletion, has no such output
  const config = {}
  for (const [field, output] of Object.entries(named)) {
    if (outputs[output]) config[field] = outputs[output]
    else if (!optional.includes(field)) throw new Error(`the outputs have no ${output}: want the file that cdk deploy --outputs-file wrote`)
  }
  return config
}

/** The headers that local/stack/page.go sends too: the page may talk to this stack, and to nobody else. */
export function headersOf(outputs) {
  const { region, uploadUrl } = configOf(outputs)
  const stack = [
    new URL(uploadUrl).origin, new URL(outputs.BucketUrl).origin, `https://cognito-idp.${region}.amazonaws.com`,
  ]
  return {
    'Content-Security-Policy': [
      "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' blob: data:", 'media-src blob:', 'frame-src blob:',
      `connect-src 'self' ${stack.join(' ')}`, "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
    ].join('; '),
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
  }
}

/** The outputs of the one stack in a file of them. */
export function onlyStack(file) {
  const stacks = Object.values(file)
  if (stacks.length !== 1) throw new Error(`the outputs name ${stacks.length} stacks: want one`)
  return stacks[0]
}

async function main([from, to]) {
  if (!from || !to) throw new Error('usage: node web/publish.js OUTPUTS FOLDER')
  const outputs = onlyStack(JSON.parse(await readFile(from, 'utf8')))
  await rm(to, { recursive: true, force: true })
  await cp(new URL('dist/', import.meta.url), to, { recursive: true })
  await writeFile(`${to}/config.json`, `${JSON.stringify(configOf(outputs), null, 2)}\n`)
  for (const [name, value] of Object.entries(headersOf(outputs))) console.log(`${name}: ${value}`)
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  main(process.argv.slice(2)).catch((error) => {
    console.error(`publish: ${error.message}`)
    process.exitCode = 1
  })
}
