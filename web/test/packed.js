import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { promisify } from 'node:util'

export const WEB = new URL('../', import.meta.url).pathname
const run = promisify(execFile)

/**
 * A folder with both packages installed from what `npm pack` makes of them. It lies below node_modules, where every other
 * package is found from, and git and make look away.
 *
 * @param {any} t
 */
export async function withPackages(t) {
  const folder = await mkdtemp(`${WEB}node_modules/.packed-`)
  t.after(() => rm(folder, { recursive: true }))
  const { stdout } = await run('npm', ['pack', '--workspaces', '--json', '--pack-destination', folder], { cwd: WEB })
  const packages = Object.values(JSON.parse(stdout))
  for (const { name, filename } of packages) {
    const at = `${folder}/node_modules/${name}`
    await mkdir(at, { recursive: true })
    await run('tar', ['-xzf', `${folder}/${filename}`, '-C', at, '--strip-components=1'])
  }
  return { folder, packages }
}
