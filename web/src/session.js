import { confirmSignIn, getCurrentUser, signIn, signOut } from '@aws-amplify/auth'
import { cognitoUserPoolsTokenProvider } from '@aws-amplify/auth/cognito'
import { createAmplifyContext, sessionStorage } from '@aws-amplify/core'

import { SessionExpired } from './errors.js'

/**
 * @typedef {object} Step what the sign-in needs next
 * @property {'done' | 'newPassword' | 'totp'} want
 * @property {{secret: string, uri: string}} [setup] for a user who has no authenticator app yet
 */

/**
 * The signed-in user, by Cognito's SRP: the password never leaves the browser.
 *
 * Tokens are kept in sessionStorage: they survive a reload, stay in this tab, and are gone with it. Memory alone would
 * ask for the password at each reload; localStorage, Amplify's default, would keep a refresh token of days on a shared
 * computer. A script that ran in this page could use the session wherever it is kept, so the wall against that is the
 * Content-Security-Policy.
 *
 * @param {import('./settings.js').Settings} settings
 */
export function createSession(settings) {
  const auth = {
    Cognito: {
      userPoolId: settings.userPoolId,
      userPoolClientId: settings.appClientId,
      ...(settings.cognitoUrl && { userPoolEndpoint: settings.cognitoUrl }),
    },
  }
  cognitoUserPoolsTokenProvider.setKeyValueStorage(sessionStorage)
  cognitoUserPoolsTokenProvider.setAuthConfig(auth)
  const context = createAmplifyContext({ Auth: auth }, { Auth: { tokenProvider: cognitoUserPoolsTokenProvider } })

  /** @param {{nextStep: any}} result @returns {Step} */
  const step = ({ nextStep }) => {
    switch (nextStep.signInStep) {
      case 'DONE':
        return { want: 'done' }
      case 'CONFIRM_SIGN_IN_WITH_NEW_PASSWORD_REQUIRED':
        return { want: 'newPassword' }
      case 'CONFIRM_SIGN_IN_WITH_TOTP_CODE':
        return { want: 'totp' }
      case 'CONTINUE_SIGN_IN_WITH_TOTP_SETUP': {
        const { sharedSecret, getSetupUri } = nextStep.totpSetupDetails
        return { want: 'totp', setup: { secret: sharedSecret, uri: getSetupUri('Presigned uploads').href } }
      }
    }
    throw new Error(`This account needs the step ${nextStep.signInStep}, which this page does not offer.`)
  }

  return {
    /** @param {string} username @param {string} password */
    start: async (username, password) =>
      step(await signIn(context, { username, password, options: { authFlowType: 'USER_SRP_AUTH' } })),

    /** @param {string} challengeResponse the new password, or the authenticator's code */
    answer: async (challengeResponse) => step(await confirmSignIn(context, { challengeResponse })),

    /** The signed-in user's name, or undefined. */
    username: () => getCurrentUser(context).then((user) => user.username, () => undefined),

    /**
     * An access token that is good now; Amplify refreshes it when it has expired.
     *
     * @param {boolean} [renew] refresh it in any case
     */
    async accessToken(renew = false) {
      const { tokens } = await context.fetchAuthSession({ forceRefresh: renew })
      if (!tokens) throw new SessionExpired()
      return tokens.accessToken.toString()
    },

    /** Ends the session here, and revokes the refresh token at Cognito. */
    end: () => signOut(context),
  }
}
