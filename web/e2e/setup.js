import { folder, launch, open, signIn, signedIn } from './browser.js'
import { startProxy } from './proxy.js'
import { administrator, startStack } from './stack.js'

/** Meets the password policy of every stage. */
export const PASSWORD = 'Another-7-good-password'

/**
 * What the tests of a file share: the stack of an assembly, its administrator, a browser and a folder of files. The caller
 * calls close after the last test.
 *
 * @param {string} assembly such as "local-assembly"
 */
export async function setUp(assembly) {
  /** @type {(() => Promise<unknown>)[]} */
  const closers = []
  const close = async () => {
    for (const end of closers.splice(0).reverse()) await end()
  }
  try {
    const stack = await startStack(assembly)
    closers.push(() => stack.stop())
    const browser = await launch()
    closers.push(() => browser.close())
    const files = await folder()
    closers.push(() => files.remove())
    return { stack, admin: administrator(stack), browser, files, close }
  } catch (error) {
    await close()
    throw error
  }
}

/**
 * A page whose requests pass a proxy, with a new user signed in: each test has a key prefix of its own.
 *
 * @param {Pick<Awaited<ReturnType<typeof setUp>>, 'stack' | 'admin' | 'browser'>} shared
 * @param {string} username
 */
export async function openBehindProxy({ stack, admin, browser }, username) {
  const proxy = await startProxy()
  const opened = await open(browser, stack.pageUrl, { proxy: proxy.settings })
  const user = await admin.addUser(username, PASSWORD)
  await signIn(opened.page, user)
  await signedIn(opened.page, user.username)
  return { ...opened, proxy, user }
}
