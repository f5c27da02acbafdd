import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { Problem, SessionExpired, Unreachable } from '../src/errors.js'
import { signInWords, uploadWords } from '../src/words.js'

const body = '<Error><Code>AccessDenied</Code><Message>Access Denied</Message><RequestId>R1</RequestId></Error>'

describe('errors of an upload, whatever their classes are called in the built page', () => {
  const rows = [
    [{ status: 403, body }, 'S3 did not accept the request. Retry: it is signed again. Request ID: R1.'],
    [{ status: 404, body: '' }, 'S3 no longer has this. Retry: a new upload starts.'],
    [{ status: 400, body: '<Error><Code>BadDigest</Code><RequestId>R1</RequestId></Error>' }, 'What arrived at S3 was not what was sent. Check the connection and retry. Request ID: R1.'],
    [{ status: 412, body: '' }, 'The key was taken meanwhile. Retry: the file gets a new one.'],
    [{ status: 503, body: '' }, 'S3 is busy. Wait a little and retry.'],
    [{ status: 400, body }, 'S3 refused: Access Denied (AccessDenied) Request ID: R1.'],
    [{ status: 400, body: '' }, 'S3 refused: status 400'],
    [{ code: 'NETWORK', status: 0 }, 'The connection to S3 broke. The upload continues when it is back, or when you retry.'],
    [new Unreachable(), 'The server cannot be reached from this page. Check the connection and try again.'],
    [{ message: 'no (Code)', status: 403, requestId: 'R2' }, 'no (Code) Request ID: R2.'],
    [{ message: 'no' }, 'no'],
    ['a bare word', 'a bare word'],
    [undefined, 'undefined'],
    [{ status: 400, body: '<Error><Code>Odd</Code></Error>' }, 'S3 refused: 400 (Odd)'],
    [new DOMException('permission problems', 'NotReadableError'), 'The file has changed since you chose it. Remove it here and choose it again.'],
    [new DOMException('not found', 'NotFoundError'), 'The file has changed since you chose it. Remove it here and choose it again.'],
  ]
  for (const [error, want] of rows) test(want, () => assert.equal(uploadWords(error), want))
})

describe('errors of a sign-in', () => {
  const refused = (message) => ({ name: 'NotAuthorizedException', message })
  const rows = [
    [refused('Incorrect username or password.'), 0, 'The username or the password is wrong.'],
    [refused('User is disabled.'), 0, 'User is disabled.'],
    [refused('Temporary password has expired and must be reset by an administrator.'), 0, 'Temporary password has expired and must be reset by an administrator.'],
    [refused('Incorrect username or password.'), 6 * 60_000, 'The clock of this device is 6 minutes fast. Set it right and sign in again.'],
    [refused('Incorrect username or password.'), -6 * 60_000, 'The clock of this device is 6 minutes slow. Set it right and sign in again.'],
    [refused('Incorrect username or password.'), 4 * 60_000, 'The username or the password is wrong.'],
    [refused('Incorrect username or password.'), 5 * 60_000, 'The username or the password is wrong.'],
    [{ name: 'UserNotFoundException', message: 'User does not exist.' }, 0, 'The username or the password is wrong.'],
    [{ name: 'UserNotFoundException', message: 'User does not exist.' }, 6 * 60_000, 'The username or the password is wrong.'],
    [{ name: 'CodeMismatchException', message: 'Invalid code' }, 0, 'That code is wrong. Type the one that the app shows now.'],
    [{ name: 'EnableSoftwareTokenMFAException', message: 'Code mismatch' }, 0, 'That code is wrong. Type the one that the app shows now.'],
    [{ name: 'TooManyRequestsException', message: 'Too many' }, 0, 'Too many attempts. Wait a little and try again.'],
    [{ name: 'PasswordResetRequiredException', message: 'Reset' }, 0, 'Your password must be reset. Ask your administrator.'],
    [{ name: 'NetworkError', message: 'A network error' }, 0, 'The sign-in service cannot be reached. Check the connection and try again.'],
    [{ name: 'Other', message: 'as Cognito says' }, 0, 'as Cognito says'],
    ['a bare word', 0, 'a bare word'],
    [undefined, 0, 'undefined'],
  ]
  for (const [error, clock, want] of rows) test(`${error?.name} ${error?.message} at ${clock} ms`, () => assert.equal(signInWords(error, clock), want))
})

test('errors have names and codes, because classes have others in the built page', () => {
  assert.deepEqual([new SessionExpired().name, new Unreachable().name, new Unreachable().code], ['SessionExpired', 'Unreachable', 'NETWORK'])
  const { name, message, status, code, requestId, maxBatch } = new Problem(413, { detail: 'no', code: 'BatchTooLarge', requestId: 'r', maxBatch: 10 })
  assert.deepEqual([name, message, status, code, requestId, maxBatch], ['Problem', 'no (BatchTooLarge)', 413, 'BatchTooLarge', 'r', 10])
  assert.equal(new Problem(403, { title: 'Forbidden' }).message, 'Forbidden')
})
