/** The sign-in has ended for good: neither the access token nor the refresh token is good any more. */
export class SessionExpired extends Error {
  constructor() {
    super('Your session has expired. Sign in again to continue.')
    this.name = 'SessionExpired'
  }
}

/** A refusal in the endpoint's own words (application/problem+json, RFC 9457). */
export class Problem extends Error {
  /** @param {number} status @param {{detail?: string, title?: string, code?: string, requestId?: string, maxBatch?: number}} body */
  constructor(status, body) {
    super(`${body.detail ?? body.title ?? `The endpoint answered ${status}.`}${body.code ? ` (${body.code})` : ''}`)
    this.name = 'Problem'
    this.status = status
    this.code = body.code
    this.requestId = body.requestId
    this.maxBatch = body.maxBatch // with BatchTooLarge
  }
}

/** No answer at all. A browser does not say why: no network, or an answer without permission for this origin. */
export class Unreachable extends Error {
  constructor() {
    super('The server cannot be reached from this page. Check the connection and try again.')
    this.name = 'Unreachable'
    this.code = 'NETWORK' // as Uppy calls the same thing
  }
}
