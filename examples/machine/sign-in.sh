#!/usr/bin/env bash
# Prints an access token for a system without users (OAuth 2.0 client credentials). It reads the client's ID and secret
# from standard input, as Secrets Manager keeps them:
#
#     aws secretsmanager get-secret-value --secret-id "$SECRET_ARN" --query SecretString --output text | machine/sign-in.sh
set -euo pipefail
secret=$(cat)
field() { sed -nE 's/.*"'"$1"'": *"([^"]*)".*/\1/p'; }
id=$(field clientId <<<"$secret") key=$(field clientSecret <<<"$secret")
[[ $id && $key ]] || { echo 'sign in: want {"clientId": "...", "clientSecret": "..."} on standard input' >&2; exit 1; }

# The secret comes by standard input (a curl config file): everyone on the machine can read a command's arguments.
answer=$(
  curl -sS --fail-with-body --config - -d grant_type=client_credentials -d scope=uploads/write <<CONFIG
url = "$PRESIGNED_SIGN_IN_URL/oauth2/token"
user = "$id:$key"
CONFIG
) || { echo "sign in: $answer" >&2; exit 1; }
field access_token <<<"$answer"
