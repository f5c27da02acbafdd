/** What people can do about the refusals of S3 that a right client can meet, by status. */
const S3_HINTS = new Map([
  [403, 'S3 did not accept the request. Retry: it is signed again.'],
  [404, 'S3 no longer has this. Retry: a new upload starts.'],
  [412, 'The key was taken meanwhile. Retry: the file gets a new one.'],
  [503, 'S3 is busy. Wait a little and retry.'],
])

/** Cognito's own sentences are good, but for these. */
const COGNITO = new Map([
  ['UserNotFoundException', 'The username or the password is wrong.'],
  ['CodeMismatchException', 'That code is wrong. Type the one that the app shows now.'],
  ['EnableSoftwareTokenMFAException', 'That code is wrong. Type the one that the app shows now.'],
  ['TooManyRequestsException', 'Too many attempts. Wait a little and try again.'],
  ['PasswordResetRequiredException', 'Your password must be reset. Ask your administrator.'],
  ['NetworkError', 'The sign-in service cannot be reached. Check the connection and try again.'],
])

/** A clock that is further off makes Cognito refuse a right password, in milliseconds. */
const MAX_CLOCK_ERROR_MS = 5 * 60_000

/**
 * An error as a sentence: the endpoint's, S3's, or the browser's. Classes have other names in the built page, so codes,
 * statuses and fields tell them apart.
 *
 * @param {any} error
 */
export function uploadWords(error) {
  if (isUnreadable(error)) return 'The file has changed since you chose it. Remove it here and choose it again.'
  if (error?.code === 'NETWORK') {
    return error.status === 0 ? 'The connection to S3 broke. The upload continues when it is back, or when you retry.' : error.message
  }
  if (typeof error?.body === 'string') return s3Words(error.body, error.status)
  const message = error?.message ?? String(error)
  return message + withId(error?.requestId)
}

/** What reading a file throws that was edited or removed after it was chosen. @param {any} error */
export const isUnreadable = (error) => error?.name === 'NotReadableError' || error?.name === 'NotFoundError'

/** @param {string} body an error document of S3 @param {number} status */
function s3Words(body, status) {
  /** @param {string} name */
  const text = (name) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(body)?.[1]
  if (text('Code') === 'BadDigest') return `What arrived at S3 was not what was sent. Check the connection and retry.${withId(text('RequestId'))}`
  const said = text('Code') ? `${text('Message') ?? status} (${text('Code')})` : `status ${status}`
  return `${S3_HINTS.get(status) ?? `S3 refused: ${said}`}${withId(text('RequestId'))}`
}

/** @param {string | undefined} id */
const withId = (id) => (id ? ` Request ID: ${id}.` : '')

/**
 * @param {any} error
 * @param {number} clockErrorMs how far this machine's clock is ahead of the server's
 */
export function signInWords(error, clockErrorMs = 0) {
  if (error?.name === 'NotAuthorizedException' && Math.abs(clockErrorMs) > MAX_CLOCK_ERROR_MS) {
    const minutes = Math.round(Math.abs(clockErrorMs) / 60_000)
    return `The clock of this device is ${minutes} minutes ${clockErrorMs > 0 ? 'fast' : 'slow'}. Set it right and sign in again.`
  }
  if (error?.message === 'Incorrect username or password.') return 'The username or the password is wrong.'
  return COGNITO.get(error?.name) ?? error?.message ?? String(error)
}
