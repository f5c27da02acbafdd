/**
 * What the page knows of its stack. Written beside the page at deployment, so that one build serves every stage.
 *
 * @typedef {object} Settings
 * @property {string} region
 * @property {string} userPoolId
 * @property {string} appClientId
 * @property {string} uploadUrl
 * @property {string} [downloadUrl] absent when the stage offers no downloads
 * @property {string} [deleteUrl] absent when the stage offers no deletion
 * @property {string} [cognitoUrl] only in the local run: where Cognito is
 */

const REQUIRED = ['region', 'userPoolId', 'appClientId', 'uploadUrl']

/** @returns {Promise<Settings>} */
export async function loadSettings() {
  const response = await fetch('./config.json', { cache: 'no-store' })
  if (!response.ok) throw new Error(`config.json beside this page: the server answered ${response.status}`)
  const settings = await response.json()
  const missing = REQUIRED.filter((name) => !settings[name])
  if (missing.length > 0) throw new Error(`config.json beside this page lacks ${missing.join(', ')}`)
  return settings
}

/** How far this machine's clock is ahead of the server's, in milliseconds; 0 if the server does not say. */
export async function clockError() {
  const response = await fetch('./config.json', { cache: 'no-store' }).catch(() => undefined)
  const served = Date.parse(response?.headers.get('date') ?? '')
  const heldMs = Number(response?.headers.get('age') ?? 0) * 1000 // in a cache on the way
  return Number.isNaN(served) ? 0 : Date.now() - served - heldMs
}
