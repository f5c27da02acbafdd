# Exports what the examples need to know of a stack, from the file that `cdk deploy --outputs-file` or the local run wrote:
#
#     source examples/settings.sh build/local-outputs.json
#
# Sourced, so it has no `set -e`: that would end the shell of whoever sources it.

presigned_output() { sed -nE 's/^ *"'"$1"'": "([^"]*)",?$/\1/p' "$2" | head -n 1; }

for presigned_pair in UPLOAD_URL:UploadUrl REGION:Region USER_POOL_ID:UserPoolId APP_CLIENT_ID:AppClientId COGNITO_URL:LocalCognitoUrl SIGN_IN_URL:SignInUrl; do
  export "PRESIGNED_${presigned_pair%:*}=$(presigned_output "${presigned_pair#*:}" "${1:?which outputs file?}")"
done
unset presigned_pair
unset -f presigned_output
