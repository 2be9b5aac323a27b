import { createSocket } from 'node:dgram';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import type { Context } from 'aws-lambda';

/**
 * A function as in Lambda, run in a process of its own by `tracing.test.ts`, because X-Ray's SDK is one for a process. It calls
 * DynamoDB three times for each invocation, which X-Ray samples or not as its argument says (`010`), and prints what came to
 * the daemon of X-Ray: for each invocation the names of its segments.
 */
const sent: { name: string; trace_id: string }[] = [];
const daemon = createSocket('udp4');
// A datagram is a header and a segment, a line each (X-Ray guide, "Sending trace data").
daemon.on('message', (datagram) => sent.push(JSON.parse(String(datagram).split('\n')[1] ?? '{}')));
await new Promise<void>((resolve) => daemon.bind(0, '127.0.0.1', resolve));
const dynamodb = createServer((_, response) => {
  response.setHeader('content-type', 'application/x-amz-json-1.0').end('{"TableNames":[]}');
});
await new Promise<void>((resolve) => dynamodb.listen(0, '127.0.0.1', resolve));

Object.assign(process.env, {
  AWS_XRAY_DAEMON_ADDRESS: `127.0.0.1:${daemon.address().port}`,
  LAMBDA_TASK_ROOT: '/var/task',
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
  AWS_LAMBDA_FUNCTION_NAME: 'traced',
});
const { powertools } = await import('../../src/handlers/runtime/powertools.ts');
const { observed, traced } = powertools('traced', process.env);
const client = traced(
  new DynamoDBClient({
    region: 'eu-west-1',
    endpoint: `http://127.0.0.1:${(dynamodb.address() as AddressInfo).port}`,
    credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
  }),
);
const list = () => client.send(new ListTablesCommand({}));
const handler = observed(async () => {
  await list();
  await Promise.all([list(), list()]);
});

const traces: string[][] = [];
for (const [i, sampled] of [...(process.argv[2] ?? '')].entries()) {
  const id = `1-5759e988-bd862e3fe1be46a99427279${i}`;
  process.env._X_AMZN_TRACE_ID = `Root=${id};Parent=53995c3f42cd8ad8;Sampled=${sampled}`;
  await handler({}, { functionName: 'traced', awsRequestId: 'r' } as Context);
  await delay(100);
  traces.push(sent.splice(0).map(({ name, trace_id }) => (trace_id === id ? name : `of ${trace_id}`)));
}
process.stderr.write(`traces: ${JSON.stringify(traces)}\n`);
daemon.close();
dynamodb.close();
client.destroy();
