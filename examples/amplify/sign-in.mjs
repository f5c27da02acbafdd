#!/usr/bin/env node
// Prints an access token, signed in with AWS Amplify Auth by SRP: the password never leaves this process.
//
// These are the two packages of Amplify that it takes. An app with the whole of it calls `Amplify.configure({ Auth })`
// once, imports signIn and fetchAuthSession from 'aws-amplify/auth', and leaves the context out.
import { signIn } from '@aws-amplify/auth'
import { cognitoUserPoolsTokenProvider as tokenProvider } from '@aws-amplify/auth/cognito'
import { createAmplifyContext } from '@aws-amplify/core'

const { PRESIGNED_USER_POOL_ID, PRESIGNED_APP_CLIENT_ID, PRESIGNED_COGNITO_URL } = process.env
const { PRESIGNED_USERNAME: username, PRESIGNED_PASSWORD: password } = process.env

const Auth = {
  Cognito: {
    userPoolId: PRESIGNED_USER_POOL_ID,
    userPoolClientId: PRESIGNED_APP_CLIENT_ID,
    ...(PRESIGNED_COGNITO_URL && { userPoolEndpoint: PRESIGNED_COGNITO_URL }), // only for the local run
  },
}
tokenProvider.setAuthConfig(Auth)
const context = createAmplifyContext({ Auth }, { Auth: { tokenProvider } })

try {
  const { isSignedIn, nextStep } = await signIn(context, { username, password })
  if (!isSignedIn) throw new Error(`Cognito asks for more than a password: ${nextStep.signInStep}`)
  const { tokens } = await context.fetchAuthSession() // in an app call it before each request: it refreshes the token
  console.log(tokens.accessToken.toString())
} catch (error) {
  console.error(`sign in: ${error.message}`)
  process.exitCode = 1
}
