// One Lambda function as it is deployed, in a process of its own: `function-host.mjs dist/lambda/NAME/index.mjs`.
// Takes events from its parent, and says how long each invocation kept a processor busy.
const { handler } = await import(new URL(`../../${process.argv[2]}`, import.meta.url));
const TIMEOUT_MS = 60_000;

process.on('message', async ({ event, name, count }) => {
  const before = process.cpuUsage();
  const begin = performance.now();
  const context = {
    awsRequestId: `invocation-${count}`,
    functionName: `tagledger-${name}`,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:eu-west-1:111122223333:function:tagledger-${name}`,
    memoryLimitInMB: '512',
    getRemainingTimeInMillis: () => TIMEOUT_MS - (performance.now() - begin),
  };
  try {
    const answer = await handler(event, context);
    const { user, system } = process.cpuUsage(before);
    const peakMb = process.resourceUsage().maxRSS / 1024;
    process.send({ answer, processorSeconds: (user + system) / 1e6, peakMb });
  } catch (error) {
    process.send({ error: error.stack });
  }
});
process.send({ ready: true });
