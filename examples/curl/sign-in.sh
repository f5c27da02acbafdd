#!/usr/bin/env bash
# Prints an access token, with curl alone. Cognito must allow the plain password flow, as the dev stage does; the
# password then travels over TLS. With SRP it never travels: see ../amplify/sign-in.mjs.
set -euo pipefail

# In JSON, a backslash and a quote each take a backslash.
quote() { sed -E 's/[\\"]/\\&/g' <<<"$1"; }

# The password comes by standard input: arguments can be read by everyone on the machine.
answer=$(
  curl -sS --fail-with-body "${PRESIGNED_COGNITO_URL:-https://cognito-idp.$PRESIGNED_REGION.amazonaws.com}/" \
    -H 'Content-Type: application/x-amz-json-1.1' \
    -H 'X-Amz-Target: AWSCognitoIdentityProviderService.InitiateAuth' -d @- <<JSON
{"AuthFlow": "USER_PASSWORD_AUTH", "ClientId": "$PRESIGNED_APP_CLIENT_ID",
 "AuthParameters": {"USERNAME": "$(quote "$PRESIGNED_USERNAME")", "PASSWORD": "$(quote "$PRESIGNED_PASSWORD")"}}
JSON
) || { echo "sign in: $answer" >&2; exit 1; }

token=$(sed -nE 's/.*"AccessToken":"([^"]+)".*/\1/p' <<<"$answer")
[[ $token ]] || { echo "sign in: Cognito wants more than a password: $(grep -oE '"ChallengeName":"[^"]+"' <<<"$answer")" >&2; exit 1; }
echo "$token"
