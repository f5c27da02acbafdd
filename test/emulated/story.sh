#!/usr/bin/env bash
# What happens to one deployment, in order, by the commands of docs/deploy.md, docs/runbook.md and docs/adopt.md wherever they
# have one. main.go starts it in the repository's root. It looks for secrets in all that is printed here; people see what
# goes to file descriptor 3.
set -Eeuo pipefail
shopt -s inherit_errexit
exec </dev/null
trap 'echo "line $LINENO: $BASH_COMMAND" >&2' ERR
trap '[[ $? == 0 ]] || echo "failed: $title" >&3' EXIT

title='' began=0
chapter() {
  [[ ! $title ]] || printf 'ok %4d s  %s\n' $((SECONDS - began)) "$title" >&3
  title=$1 began=$SECONDS
}

fails() { if "$@"; then return 1; fi; }
json() { node -p "const o = JSON.parse(require('fs').readFileSync(0)); $1"; }

# follow BEGINNING [FROM TO]... runs the one snippet of the documents that begins so, as its reader would: with what it leaves
# open filled in. main.go has written each snippet to a file; those that are left at the end were forgotten.
follow() {
  local file found=() text i
  for file in "$SCRATCH"/snippets/*; do [[ $(<"$file") != "$1"* ]] || found+=("$file"); done
  ((${#found[@]} == 1)) || { echo "${#found[@]} snippets of the documents begin with $1, want one" >&2 && return 1; }
  text=$(<"${found[0]}")
  rm "${found[0]}"
  local fill=(
    "${@:2}"
    AWS_PROFILE=... "AWS_PROFILE=$STAGE" AWS_REGION=... "AWS_REGION=$AWS_DEFAULT_REGION" 111122223333 "$ACCOUNT"
    PresignedUploads-prod "$stack" outputs-dev.json "outputs-$STAGE.json"
    '<UserPoolId>' "${out[UserPoolId]-}" '<BucketName>' "${out[BucketName]-}" '<AccessLogBucketName>' "${out[AccessLogBucketName]-}"
    '<Machine<Name>SecretArn>' "${out[MachineReportsSecretArn]-}" '<ARN>' "${out[MachineReportsSecretArn]-}"
    'login janedoe' 'login janedoe --password-stdin <<<"$PASSWORDS"'
    '--bucket ... --key ...' '--bucket "$BUCKET" --key "$KEY"' johndoe/1595114575104 "${last-}"
    '--version-id ... restored' "--version-id \"\$VERSION\" $SCRATCH/restored" '--body restored' "--body $SCRATCH/restored"
    doomed.json "$SCRATCH/doomed.json"
    # A description replaces no function of MiniStack's, whereas its timeout does, though it stays 3 s.
    '--description "sessions' '--timeout 3 --description "sessions'
    # MiniStack does not know the provider; the document says how to give one that is there.
    Repository= "ProviderArn=arn:aws:iam::$ACCOUNT:oidc-provider/token.actions.githubusercontent.com Repository="
  )
  for ((i = 0; i < ${#fill[@]}; i += 2)); do text=${text//"${fill[i]}"/"${fill[i + 1]}"}; done
  echo "$text" >&2
  eval "$text"
}

# write_stage NAME CHANGES writes the file of a stage: dev's, for this machine's processor and with changes.
write_stage() {
  json "JSON.stringify({...o, architecture: '$ARCHITECTURE', ...$2})" <stages/dev.json >"$STAGES/$1.json"
}

# read_outputs FILE takes over the outputs of the stack that was just deployed. The API's URLs are those of AWS; the emulator
# serves them under a path of its own. It can't evaluate one statement, see notenforced.go.
read_outputs() {
  local name value policy
  while IFS== read -r name value; do out[$name]=$value; done < <(
    json "Object.entries(o['$stack']).map(([name, value]) => name + '=' + value).join('\n')" <"$1" |
      sed -E "s#https://([^.]+)\.execute-api\.$AWS_DEFAULT_REGION\.amazonaws\.com/#$AWS_ENDPOINT_URL/_aws/execute-api/\1/#"
  )
  for name in UploadUrl DownloadUrl DeleteUrl; do [[ ${out[$name]} == "$AWS_ENDPOINT_URL"/* ]]; done
  policy=$(aws s3api get-bucket-policy --bucket "${out[BucketName]}" --query Policy --output text |
    json "JSON.stringify({...o, Statement: o.Statement.filter((s) => s.Sid !== 'DenySignersWithoutPresignedURL')})")
  aws s3api put-bucket-policy --bucket "${out[BucketName]}" --policy "$policy"
}

# sign_in_of USER prints the folder of the user's sign-in, and the deployment's addresses, because the outputs name AWS's.
sign_in_of() {
  echo "XDG_CONFIG_HOME=$SCRATCH/$1" "XDG_CACHE_HOME=$SCRATCH/$1" "SSL_CERT_FILE=$AWS_CA_BUNDLE" "PRESIGNED_COGNITO_URL=$AWS_ENDPOINT_URL" \
    "PRESIGNED_UPLOAD_URL=${out[UploadUrl]}" "PRESIGNED_DOWNLOAD_URL=${out[DownloadUrl]}" "PRESIGNED_DELETE_URL=${out[DeleteUrl]}"
}

# presigned is the client of johndoe.
presigned() { env $(sign_in_of johndoe) "PRESIGNED_OUTPUTS=$outputs" build/presigned "$@"; }

sign_up() {
  aws cognito-idp admin-create-user --user-pool-id "${out[UserPoolId]}" --username johndoe --temporary-password "$TEMPORARY" --message-action SUPPRESS
  presigned login johndoe --password-stdin <<<"$TEMPORARY"$'\n'"$PASSWORD"
}

# holds KEY FILE compares an object with what it should hold.
holds() { aws s3api get-object --bucket "${out[BucketName]}" --key "$1" "$SCRATCH/held" && cmp "$SCRATCH/held" "$2"; }

# upload NAME SIZE uploads random bytes and looks at the object.
upload() {
  local file=$SCRATCH/$stack-$1.bin
  head -c "$2" /dev/urandom >"$file"
  last=$(presigned upload --quiet "$file" | cut -f1)
  stored[$last]=$file
  holds "$last" "$file"
}

download_all() {
  local key
  for key in "${!stored[@]}"; do
    rm -f "$SCRATCH/downloaded"
    presigned download "$key" --output "$SCRATCH/downloaded"
    cmp "$SCRATCH/downloaded" "${stored[$key]}"
  done
}

# beside STACK OUTPUTS uses another stack as a user of its pool does.
beside() {
  local stack=$1 outputs=$2 last
  local -A out=() stored=()
  read_outputs "$outputs"
  sign_up
  upload small 100000
  upload large 20000000
  download_all
}

sign_in() {
  aws cognito-idp initiate-auth --client-id "${out[AppClientId]}" --auth-flow USER_PASSWORD_AUTH \
    --auth-parameters "USERNAME=johndoe,PASSWORD=$PASSWORD" --query AuthenticationResult.AccessToken --output text
}

# issue presigns an upload of two bytes, and prints it as a configuration of curl. put CONFIGURATION sends it, and prints the status.
issue() {
  curl -sS --fail-with-body -H "Authorization: Bearer $token" --json '{"contentType":"application/json","contentLength":2}' "${out[UploadUrl]}" |
    json "['url = ' + JSON.stringify(o.url), 'request = ' + o.method,
      ...Object.entries(o.headers).map(([name, value]) => 'header = ' + JSON.stringify(name + ': ' + value))].join('\n')"
}
put() { curl -sS -w '\n%{http_code}' -d '{}' --config - <<<"$1" | tee >(cat >&2) | tail -n 1; }

# announced prints the key of the next completed upload in the queue.
announced() {
  aws sqs receive-message --queue-url "${out[CompletedUploadsQueueUrl]}" --wait-time-seconds 20 --query 'Messages[].Body' --output text \
    --endpoint-url "$AWS_ENDPOINT_URL" | json o.detail.object.key # version 1 of the AWS CLI asks AWS itself for a queue otherwise
}

# left PREFIX prints the keys of versions, delete markers and started uploads.
left() {
  aws s3api list-object-versions --bucket "${out[BucketName]}" --prefix "$1" --output text --query '[Versions, DeleteMarkers][].Key'
  aws s3api list-multipart-uploads --bucket "${out[BucketName]}" --prefix "$1" --output text --query 'Uploads[].Key'
}

declare -A out stored
stack=PresignedUploads-$STAGE outputs=$PWD/build/outputs-$STAGE.json

chapter 'deploy.md: bootstrap, synth, diff, deploy'
write_stage "$STAGE" '{}'
follow 'export AWS_PROFILE=...  AWS_REGION=eu-central-1' '# make deploy STAGE=account' 'make deploy STAGE=account'
read_outputs "$outputs"

chapter 'deploy.md: the first user signs in by SRP, chooses a password and uploads'
PASSWORDS=Only-for-the-1st-time$'\n'$PASSWORD
export GOCACHE="$(go env GOCACHE)" # Go's, which is below XDG_CACHE_HOME
export $(sign_in_of janedoe)
printed=$(follow 'aws cognito-idp admin-create-user')
[[ $printed == *janedoe/* ]]

chapter 'an administrator makes a second user, who signs in'
sign_up

chapter 'the CLI uploads a small file and one in parts, and downloads them; the bytes are compared'
upload small 100000
upload large 20000000 # above 16 MiB the client uploads in parts
download_all

chapter 'deploy.md: a changed stage over it' # with as many options as the emulator takes
write_stage "$STAGE" '{listing: false, versioned: true, throttleRate: 20, throttleBurst: 40, kmsKey: true, serverAccessLogs: true,
  uploadEvents: true, signInDomain: "presigned-emulated", machineClients: ["Reports"]}'
follow "make deploy CDK_FLAGS='--require-approval never'"
read_outputs "$outputs"

chapter 'the objects are still there, and the same sign-in uploads and downloads'
for key in "${!stored[@]}"; do holds "$key" "${stored[$key]}"; done
upload later 1000
download_all

chapter 'the changes hold: listing is refused, uploads are versioned and announced in the queue'
[[ $(fails presigned list 2>&1) == *OperationNotEnabled* ]]
[[ $(announced) == "$last" ]]
[[ $(aws s3api get-bucket-versioning --bucket "${out[BucketName]}" --query Status --output text) == Enabled ]]

chapter "deploy.md: roles for GitHub, the stack's protection"
follow 'aws cloudformation deploy --stack-name github-deploy-dev'
follow 'aws cloudformation update-termination-protection'

chapter 'runbook.md: a shell, and where to look'
follow 'export AWS_PROFILE=...  AWS_REGION=...  STACK='
follow 'aws cloudwatch describe-alarms'
[[ $(output UserPoolId) == "${out[UserPoolId]}" && $(physical Users AWS::Cognito::UserPool) == "${out[UserPoolId]}" ]]

chapter 'runbook.md: stop everything, and undo it' # neither new URLs nor issued ones work meanwhile
token=$(sign_in) issued=$(issue)
follow 'FUNCTION=$(physical UploadSigner'
[[ $(follow 'aws lambda get-function-concurrency') == *'"ReservedConcurrentExecutions": 0'* ]]
fails issue
[[ $(put "$issued") == 403 ]]
follow 'aws lambda delete-function-concurrency'
issued=$(issue)
[[ $(put "$issued") == 200 ]]

chapter 'runbook.md: rotate' # ends the sessions that the function had, and what they signed
token=$(sign_in) issued=$(issue)
follow 'aws iam put-role-policy'
[[ $(put "$issued") == 403 ]]
follow 'aws secretsmanager put-secret-value'
[[ $(follow 'aws secretsmanager get-secret-value') == *...* ]]
issued=$(issue)
[[ $(put "$issued") == 200 ]]

chapter 'runbook.md: a deleted object is restored' # under its key, and from its version under another
VERSION=$(aws s3api head-object --bucket "${out[BucketName]}" --key "$last" --query VersionId --output text)
presigned delete "$last" # the bucket keeps it under a delete marker
follow 'BUCKET=$(output BucketName)  KEY='
holds "$last" "${stored[$last]}"
follow 'aws s3api get-object --bucket'
follow 'aws s3api get-object-tagging'
holds johndoe/restored-1 "${stored[$last]}"

chapter 'runbook.md: a user is blocked, and his data deleted'
follow 'POOL=$(output UserPoolId)'
fails sign_in
aws s3api create-multipart-upload --bucket "${out[BucketName]}" --key johndoe/started
follow 'BUCKET=$(output BucketName)  PREFIX='
[[ $(left johndoe/) != *johndoe/* && $(left janedoe/) == *janedoe/* ]]
follow 'aws cognito-idp admin-delete-user'

chapter 'runbook.md: make acceptance, smoke and full' # but for the rows that the emulator does not do
export ACCEPTANCE_SKIPS=$PWD/test/emulated/acceptance-skips.json
follow 'make acceptance ACCEPTANCE_PROFILE=smoke' | grep -E '^(PASS|FAIL)$|: not sent, ' >&3

chapter 'deploy.md: a stage for a user pool that is there already; its user uploads' # with an organisation's names
pool=$(aws cognito-idp create-user-pool --pool-name employees --query UserPool.Arn --output text)
client=$(aws cognito-idp create-user-pool-client --user-pool-id "${pool#*/}" --client-name web --query UserPoolClient.ClientId \
  --explicit-auth-flows ALLOW_USER_SRP_AUTH ALLOW_REFRESH_TOKEN_AUTH --output text)
# `make configure` fills in a stage that is there, if it has a placeholder. A new one would be a copy of prod.
write_stage "$STAGE-pool" '{allowedOrigins: ["https://app.example.com"], stackName: "Acme", rolePath: "/acme/"}'
follow 'make configure STAGE=acme' STAGE=acme "STAGE=$STAGE-pool" \
  arn:aws:cognito-idp:eu-central-1:111122223333:userpool/eu-central-1_AbCdEfGhI "$pool" 1h57kf5cpq17m0eml12EXAMPLE,3n4b5urk1ft4fl3mg5e62d9ado "$client"
beside Acme "$PWD/build/outputs-$STAGE-pool.json"
make destroy CDK_FLAGS=--force "STAGE=$STAGE-pool"
aws cognito-idp admin-get-user --user-pool-id "${pool#*/}" --username johndoe # the pool and its user stay

chapter "adopt.md: the construct in another module's app; its user uploads"
(unset CDK_APP && follow 'cd examples/embed' 'cdk deploy' "cdk deploy -c architecture=$ARCHITECTURE")
beside Files "$PWD/build/outputs-embed.json"
(unset CDK_APP && cd examples/embed && npx cdk destroy --force)

chapter 'deploy.md: the bucket is emptied; make destroy' # nobody is at the terminal to be asked
export CDK_FLAGS=--force
follow 'aws s3 rm'
[[ $(aws s3api list-buckets --query 'Buckets[].Name' --output text) =~ ^cdk-[^[:space:]]*$ ]]

chapter 'every snippet of the documents was run, or is excused in notrun.go'
fails grep -r . "$SCRATCH/snippets"
chapter ''
