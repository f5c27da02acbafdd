#!/usr/bin/env bash
# Starts MiniStack on loopback, over TLS because the bucket policy denies plain HTTP, and runs story.sh with it. main.go starts this in
# a process group, and ends the whole group afterwards.
set -euo pipefail
cd "$SCRATCH"
openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 -keyout key.pem -out certificate.pem
read -r secure insecure < <(python -c '
import socket
free = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
print(*(s.getsockname()[1] for s in free))')
export AWS_ENDPOINT_URL=https://127.0.0.1:$secure AWS_CA_BUNDLE=$SCRATCH/certificate.pem CURL_CA_BUNDLE=$SCRATCH/certificate.pem

emulator=(
  # It passes its environment to the functions, so they sign URLs of MiniStack.
  env -i "PATH=$PATH" "HOME=$SCRATCH/home" "TMPDIR=$SCRATCH/home" PYTHONDONTWRITEBYTECODE=1
  "AWS_ENDPOINT_URL=$AWS_ENDPOINT_URL" "AWS_ENDPOINT_URL_S3=$AWS_ENDPOINT_URL" "MINISTACK_REGION=$AWS_DEFAULT_REGION" "MINISTACK_ACCOUNT_ID=$ACCOUNT"
  AUTH=true             # verify signatures, enforce IAM and bucket policies
  LAMBDA_EXECUTOR=local # functions as processes, no docker
  IOT_MTLS_ENABLED=0    # would listen on a fixed port
  # Where it finds itself. Its authorizer fetches the user pool's keys over plain HTTP, whatever USE_SSL says.
  MINISTACK_HOST=127.0.0.1 "GATEWAY_PORT=$insecure"
  # Its own program would also listen on port 443, hence its server directly.
  python -m hypercorn ministack.app:app --bind "127.0.0.1:$secure" --certfile certificate.pem --keyfile key.pem --insecure-bind "127.0.0.1:$insecure"
)
"${emulator[@]}" >emulator.log 2>&1 3>&- &
for ((tries = 0; ; tries++)); do # it starts in two seconds; a busy machine may take far longer
  health=$(curl -sS "$AWS_ENDPOINT_URL/_ministack/health") && break
  kill -0 $! && ((tries < 600)) || { tail -n 20 emulator.log && exit 1; }
  sleep 0.2
done
echo "MiniStack $(sed -E 's/.*"version": "([^"]+)".*/\1/' <<<"$health") at $AWS_ENDPOINT_URL, IAM enforced" >&3
cd "$ROOT"
exec bash test/emulated/story.sh
