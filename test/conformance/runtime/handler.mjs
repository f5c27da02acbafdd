// A function on aws-lambda-ric, AWS's runtime interface client for Node.js.
export async function handler(event, context) {
  if (event.do === 'fail') throw new TypeError('no bananas')
  if (event.do === 'exit') process.exit(3)
  if (event.do === 'hang') await new Promise((resolve) => setTimeout(resolve, 60_000))
  return {
    echo: event.echo ?? null, requestId: context.awsRequestId, arn: context.invokedFunctionArn, name: context.functionName,
    version: context.functionVersion, memory: Number(context.memoryLimitInMB), logGroup: context.logGroupName,
    remaining: context.getRemainingTimeInMillis(), trace: process.env._X_AMZN_TRACE_ID ?? '', pid: process.pid,
    text: 'x'.repeat(event.size ?? 0),
  }
}
