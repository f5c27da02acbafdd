#!/usr/bin/env bash
# Uploads a file with curl alone, and prints its object key.
#
#     PRESIGNED_UPLOAD_URL=... PRESIGNED_ACCESS_TOKEN=... upload.sh FILE [CONTENT-TYPE]
set -euo pipefail
file=${1:?which file?}
type=${2:-application/json}
[[ -r $file ]] || { echo "cannot read $file" >&2; exit 1; }

# In JSON, a backslash and a quote each take a backslash; curl reads the answer's the same way.
quote() { sed -E 's/[\\"]/\\&/g' <<<"$1"; }

# curl, but an answer that is an error ends the script and is shown. The arguments come by standard input (as a curl
# config file), because they hold credentials, and everyone on the machine can read a command's arguments.
send() {
  local what=$1 body
  shift
  body=$(curl -sS --fail-with-body --globoff --config - "$@") || { echo "$what: $body" >&2; exit 1; }
  echo "$body"
}

checksum=$(openssl dgst -sha256 -binary "$file" | base64) # S3 refuses any other content
answer=$(
  send presign --json "{\"filename\": \"$(quote "$(basename "$file")")\", \"contentType\": \"$(quote "$type")\", \"contentLength\": $(wc -c <"$file"), \"checksumSHA256\": \"$checksum\"}" <<CONFIG
url = "$PRESIGNED_UPLOAD_URL"
header = "Authorization: Bearer $PRESIGNED_ACCESS_TOKEN"
CONFIG
)

field() { sed -nE 's/.*"'"$1"'":"([^"]*)".*/\1/p' <<<"$answer"; }
# {"Content-Type":"text/csv","If-None-Match":"*"} becomes lines like: header = "Content-Type: text/csv"
headers=$(grep -oE '"headers":\{[^}]*' <<<"$answer" | grep -oE '"[^"]+":"([^"\\]|\\.)*"' | sed 's/":"/: /; s/^/header = /')

# Exactly the method, URL and headers of the answer: the signature covers them.
send upload -X "$(field method)" --upload-file "$file" >/dev/null <<CONFIG
url = "$(field url)"
$headers
CONFIG
field key
