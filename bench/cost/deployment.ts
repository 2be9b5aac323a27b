import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { createTables } from '../../src/adapters/dynamodb/create-tables.ts';
import type { Server } from '../../tests/conformance/servers/server.ts';
import { clientOf, REGION } from '../../tests/conformance/targets.ts';
import { FOUR_TAGS } from '../four-tags.ts';
import { consumedUnits } from '../wire/consumed-units.ts';
import { startCountingProxy } from '../wire/counting-proxy.ts';
import { startFunction } from './deployed-function.ts';
import { openFeed } from './feed.ts';
import { LEAST_MS } from './inputs.ts';
import type { Run } from './measurement.ts';
import { type Metered, startMeter } from './metered.ts';
import { NAMES, type Name, setUpOf } from './set-up.ts';

/** The functions, over DynamoDB Local and moto, behind proxies that count. */
export interface Deployment {
  readonly functions: Readonly<Record<Name, Metered>>;
  /** Does something of a name with so many resources, and gives what it took. */
  counted(name: string, resources: number, run: () => Promise<void>): Promise<Run>;
  /** From now on EC2 refuses to tag, or no longer. */
  refuse(refused: boolean): void;
  close(): Promise<void>;
}

const TABLES = { ledger: 'cost-ledger', state: 'cost-state' };

/** What EC2 says to who may not (EC2 API reference, "Error codes"). */
const REFUSAL = {
  status: 403,
  body: Buffer.from(
    '<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>You are not authorized to perform this operation.</Message></Error></Errors><RequestID>refused</RequestID></Response>',
  ),
};

/** Starts the functions from `dist/lambda`, with empty tables. */
export const deploy = async (dynamodb: Server, moto: Server): Promise<Deployment> => {
  const units = { write: 0, read: 0 };
  let refused = false;
  const tables = await startCountingProxy(dynamodb.endpoint, {
    ...consumedUnits(units),
    leastMs: LEAST_MS.dynamodb,
  });
  const cloud = await startCountingProxy(moto.endpoint, {
    leastMs: LEAST_MS.others,
    answer: ({ name }) => (refused && name === 'ec2:CreateTags' ? REFUSAL : undefined),
  });
  const direct = clientOf({ name: 'DynamoDB Local', ...dynamodb });
  const [client, streams] = [new DynamoDBClient(direct), new DynamoDBStreamsClient(direct)];
  const sns = new SNSClient(clientOf({ name: 'moto', ...moto }));
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'alerts' }));
  await createTables(client, TABLES, 50);

  const variables = variablesOf(tables.endpoint, cloud.endpoint, TopicArn);
  const waitedMs = () => tables.waitedMs() + cloud.waitedMs();
  const start = async (name: Name): Promise<[Name, Metered]> => {
    const { batchSize } = setUpOf(name);
    const feed = batchSize && (await openFeed(client, streams, { table: TABLES.ledger, consumer: name }));
    const one = startMeter(await startFunction(name, variables), waitedMs);
    return [name, feed ? { ...one, feed, batchSize } : one];
  };
  const started = await Promise.all(NAMES.map(start));
  const tableBytes = async (): Promise<number> => {
    const described = Object.values(TABLES).map((TableName) =>
      client.send(new DescribeTableCommand({ TableName })),
    );
    return (await Promise.all(described)).reduce((all, { Table }) => all + (Table?.TableSizeBytes ?? 0), 0);
  };

  return {
    functions: Object.fromEntries(started) as Record<Name, Metered>,
    refuse: (now) => {
      refused = now;
    },

    async counted(name, resources, run) {
      for (const [, { reset }] of started) reset();
      Object.assign(units, { write: 0, read: 0 });
      cloud.reset();
      const before = await tableBytes();
      await run();
      const took = started
        .map(([of, { took: now }]) => [of, now()] as const)
        .filter(([, t]) => t.invocations > 0);
      return {
        name,
        resources,
        writeUnits: units.write,
        readUnits: units.read,
        calls: cloud.counts(),
        functions: Object.fromEntries(took),
        tableBytes: (await tableBytes()) - before,
      };
    },

    async close() {
      for (const [, { stop }] of started) stop();
      for (const one of [client, streams, sns]) one.destroy();
      await Promise.all([tables.stop(), cloud.stop()]);
    },
  };
};

const variablesOf = (dynamodb: string, cloud: string, topicArn: string): Record<string, string> => ({
  AWS_ENDPOINT_URL: cloud,
  AWS_ENDPOINT_URL_DYNAMODB: dynamodb,
  AWS_ACCESS_KEY_ID: 'cost',
  AWS_SECRET_ACCESS_KEY: 'cost',
  AWS_REGION: REGION,
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  POWERTOOLS_TRACE_ENABLED: 'false',
  LEDGER_TABLE: TABLES.ledger,
  STATE_TABLE: TABLES.state,
  TAG_RULES: FOUR_TAGS,
  TAGGER_ROLE_ARN: 'arn:aws:iam::111122223333:role/tagledger-apply',
  ALERT_TOPIC_ARN: topicArn,
  // A root volume is one more resource, and the figures are of one.
  TAG_CHILDREN: 'off',
});
