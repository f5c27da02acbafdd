// A runtime loop as small as one can be: usage `node runtime.js HANDLER`. AWS's own (aws-lambda-ric) starts later and
// does more for each event, so this one is generous to the handlers.
"use strict";
const http = require("node:http");
const path = require("node:path");

const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

function send(method, where, body) {
  const headers = body === undefined ? {} : { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const request = http.request({ host, port, agent, method, headers, path: `/2018-06-01/runtime/${where}` }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () => resolve({ headers: response.headers, body: Buffer.concat(chunks) }));
    });
    request.on("error", reject);
    request.end(body);
  });
}

async function main() {
  const { handler } = require(path.resolve(process.argv[2]));
  for (;;) {
    const next = await send("GET", "invocation/next");
    const invocation = `invocation/${next.headers["lambda-runtime-aws-request-id"]}`;
    try {
      const answer = await handler(JSON.parse(next.body));
      await send("POST", `${invocation}/response`, JSON.stringify(answer));
    } catch (error) {
      await send("POST", `${invocation}/error`, JSON.stringify({ errorType: error.name, errorMessage: error.message }));
    }
  }
}

// The Runtime API going away is how this process ends.
main().catch(() => process.exit(1));
