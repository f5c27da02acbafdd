export const settings = {
  region: 'eu-west-1', userPoolId: 'eu-west-1_Example', appClientId: 'client', uploadUrl: 'https://api.example.com/upload',
  downloadUrl: 'https://api.example.com/download', deleteUrl: 'https://api.example.com/delete',
}

const jwt = (claims) => ['{"alg":"none"}', JSON.stringify(claims), ''].map((part) => Buffer.from(part).toString('base64url')).join('.')

/** What Cognito answers when a user has signed in. */
export function signedInAs(username, seconds = 3600) {
  const exp = Math.floor(Date.now() / 1000) + seconds
  return {
    AuthenticationResult: {
      AccessToken: jwt({ exp, iat: exp - seconds, username, sub: username, origin_jti: 'o', jti: 'j', token_use: 'access' }),
      IdToken: jwt({ exp, iat: exp - seconds, sub: username, 'cognito:username': username }), RefreshToken: 'refresh', ExpiresIn: seconds, TokenType: 'Bearer',
    },
    ChallengeParameters: {},
  }
}

/**
 * Cognito as fetch meets it: any password is right. `steps` are its answers to the sign-in after SRP, one after another; an
 * answer with `__type` is a refusal. `called` has each operation with its input.
 */
export function fakeCognito() {
  const called = []
  const steps = []
  return {
    called, steps,
    /** @param {string | URL} url @param {any} init @returns {Response | undefined} nothing if it is for another */
    answer(url, init) {
      const { hostname } = new URL(url, 'https://app.example.com/')
      if (hostname !== 'cognito-idp.eu-west-1.amazonaws.com') return
      const operation = new Headers(init.headers).get('x-amz-target').split('.')[1]
      const input = JSON.parse(init.body)
      called.push([operation, input])
      const body = {
        InitiateAuth: () => ({ ChallengeName: 'PASSWORD_VERIFIER', ChallengeParameters: { SRP_B: 'ab12', SALT: 'cd', SECRET_BLOCK: 'c2VjcmV0', USERNAME: input.AuthParameters?.USERNAME, USER_ID_FOR_SRP: input.AuthParameters?.USERNAME } }),
        RespondToAuthChallenge: () => steps.shift() ?? signedInAs(input.ChallengeResponses.USERNAME),
        VerifySoftwareToken: () => ({ Status: 'SUCCESS', Session: 's' }),
        AssociateSoftwareToken: () => ({ SecretCode: 'SECRET', Session: 's' }),
        GetTokensFromRefreshToken: () => steps.shift() ?? signedInAs('johndoe'),
        RevokeToken: () => ({}),
      }[operation]()
      return Response.json(body, { status: body.__type ? 400 : 200 })
    },
  }
}

/** What Amplify keeps of a user who has signed in, by name. @param {string} username */
export function tokensOf(username) {
  const { AccessToken, IdToken, RefreshToken } = signedInAs(username).AuthenticationResult
  const prefix = `CognitoIdentityServiceProvider.${settings.appClientId}`
  return {
    [`${prefix}.LastAuthUser`]: username, [`${prefix}.${username}.accessToken`]: AccessToken,
    [`${prefix}.${username}.idToken`]: IdToken, [`${prefix}.${username}.refreshToken`]: RefreshToken,
  }
}
