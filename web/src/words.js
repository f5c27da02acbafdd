import { s3Words } from './files.js'

/** What people can do about the refusals of S3 that a right client can meet. */
const S3_HINTS = new Map([
  [412, 'The key was taken meanwhile. Retry: the file gets a new one.'],
  [404, 'S3 no longer knows this upload. Retry: it starts anew.'],
])

/** Cognito's own sentences are good, but for these. */
const COGNITO = new Map([
  ['NotAuthorizedException', 'The username or the password is wrong.'],
  ['UserNotFoundException', 'The username or the password is wrong.'],
  ['CodeMismatchException', 'That code is wrong. Type the one that the app shows now.'],
  ['EnableSoftwareTokenMFAException', 'That code is wrong. Type the one that the app shows now.'],
  ['TooManyRequestsException', 'Too many attempts. Wait a little and try again.'],
  ['PasswordResetRequiredException', 'Your password must be reset. Ask your administrator.'],
  ['NetworkError', 'The sign-in service cannot be reached. Check the connection and try again.'],
])

/**
 * An upload's error as a sentence: the endpoint's, S3's, or the browser's.
 *
 * @param {any} error
 */
export function uploadWords(error) {
  if (error?.name === 'S3NetworkError') return 'The connection to S3 broke. The upload goes on when it is back, or when you retry.'
  if (error?.name === 'S3ServiceError') {
    return S3_HINTS.get(error.status) ?? `S3 refused: ${s3Words(error.body, error.status)}`
  }
  return error?.message ?? String(error)
}

/** @param {any} error */
export const signInWords = (error) => COGNITO.get(error?.name) ?? error?.message ?? String(error)
