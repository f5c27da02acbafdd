import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cp, readFile, readdir } from 'node:fs/promises'
import { test } from 'node:test'
import { promisify } from 'node:util'

import { WEB, withPackages } from './packed.js'

test('the page that is built from the packed packages is the page, byte for byte', async (t) => {
  const { folder } = await withPackages(t)
  for (const name of ['index.html', 'package.json', 'public', 'src', 'vite.config.js']) await cp(`${WEB}${name}`, `${folder}/${name}`, { recursive: true })
  await promisify(execFile)(process.execPath, [`${WEB}node_modules/vite/bin/vite.js`, 'build'], { cwd: folder })
  const names = (await readdir(`${folder}/dist`, { recursive: true, withFileTypes: true })).filter((one) => one.isFile()).map((one) => `${one.parentPath}/${one.name}`.slice(`${folder}/dist/`.length))
  assert.ok(names.length > 3)
  for (const name of names) assert.ok((await readFile(`${folder}/dist/${name}`)).equals(await readFile(`${WEB}dist/${name}`)), name)
})

test('the packages hold their code, types, licence and readme, and nothing else', async (t) => {
  const { packages } = await withPackages(t)
  const held = Object.fromEntries(packages.map(({ name, files }) => [name, files.map(({ path }) => path).sort()]))
  const both = ['LICENSE', 'README.md', 'package.json', 'types.d.ts']
  const upload = ['index', 'multipart', 'names', 'presigned-ahead', 'presigned-upload', 's3', 'sha256', 'stage', 'unfinished']
  assert.deepEqual(held, {
    'presigned-upload': [...both, ...upload.map((name) => `src/${name}.js`)].sort(),
    'presigned-uppy': [...both, 'examples/plain.js', 'examples/react.jsx', 'src/presigned-uppy.js'].sort(),
  })
})

test('the packages have one version and the licence of the repository', async () => {
  const [upload, uppy, page] = await Promise.all(['packages/presigned-upload/', 'packages/presigned-uppy/', ''].map(async (at) => JSON.parse(await readFile(`${WEB}${at}package.json`, 'utf8'))))
  assert.equal(uppy.version, upload.version)
  assert.equal(uppy.dependencies[upload.name], upload.version)
  assert.deepEqual([page.dependencies[uppy.name], page.dependencies[upload.name]], [upload.version, upload.version])
  assert.match(await readFile(`${WEB}../CHANGELOG.md`, 'utf8'), new RegExp(`^## \\[${upload.version}\\]`, 'm'))
  const licence = await readFile(`${WEB}../LICENSE`, 'utf8')
  for (const { name } of [upload, uppy]) assert.equal(await readFile(`${WEB}packages/${name}/LICENSE`, 'utf8'), licence)
})
