// Stands in for the addon that aws-lambda-ric compiles on installing, which only carries its requests: we run no install
// scripts. What the package does with an event, its headers, an answer and an error is its own.
const Module = require('node:module')

const api = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation`
let posted = Promise.resolve() // an answer is on its way: the next event may be asked for when it has arrived

const post = (id, what, body, headers) => {
  posted = fetch(`${api}/${id}/${what}`, { method: 'POST', body, headers: { 'Content-Type': 'application/json', ...headers } })
}

const addon = {
  initializeClient() {},
  async next() {
    await posted
    const response = await fetch(`${api}/next`)
    return { bodyJson: await response.text(), headers: Object.fromEntries(response.headers) }
  },
  done: (id, body) => post(id, 'response', body),
  error: (id, body, xray) => post(id, 'error', body, { 'Lambda-Runtime-Function-XRay-Error-Cause': xray.replace(/[^\x20-\x7e]/g, ' ') }),
}

const load = Module._load
Module._load = (request, ...rest) => (request === './rapid-client.node' ? addon : load(request, ...rest))
