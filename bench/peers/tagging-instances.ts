import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { createTables } from '../../src/adapters/dynamodb/create-tables.ts';
import { PLAIN_TEXT } from '../../src/cli/text-style.ts';
import { table } from '../../src/cli/views/table.ts';
import { CREATE_TAGS_BUCKET } from '../../src/embedded/simulated-aws/ec2/ec2.ts';
import type { Server } from '../../tests/conformance/servers/server.ts';
import { clientOf, REGION } from '../../tests/conformance/targets.ts';
import { FOUR_TAGS } from '../four-tags.ts';
import { startCountingProxy } from '../wire/counting-proxy.ts';
import { expectTags, launchInstances, TAGS, writeTrail } from './fleet.ts';
import { type Measured, measured, together } from './measured.ts';
import { type Tool, tools } from './tools.ts';

/** One round of the tagging job. */
export interface Round {
  readonly instances: number;
  readonly folder: string;
  readonly dynamodb: Server;
  readonly moto: Server;
}

interface Outcome extends Measured {
  readonly name: string;
  /** All calls of EC2, by operation. */
  readonly calls: Readonly<Record<string, number>>;
}

/** Has each tool tag new instances that nobody has tagged, and gives what each took, as a table. */
export const taggingInstances = async (round: Round): Promise<string> => {
  const outcomes: Outcome[] = [];
  for (const tool of await tools()) outcomes.push(await tagBy(tool, round));
  const [ours] = outcomes as [Outcome];
  return [
    `${round.instances} new instances, four tags each`,
    table(
      [
        [
          '',
          'time',
          'of processor',
          'peak memory',
          'EC2 calls',
          'for each',
          'beside tagledger',
          'in EC2 at least',
        ],
        ...outcomes.map((outcome) => rowOf(outcome, ours, round.instances)),
      ],
      PLAIN_TEXT,
    ),
    ...outcomes.map(({ name, calls }) => `  ${name}: ${shown(calls)}`),
    '',
  ].join('\n');
};

const tagBy = async (tool: Tool, { instances, folder, dynamodb, moto }: Round): Promise<Outcome> => {
  // Each tool finds an account in which there is nothing but the new instances.
  await fetch(`${moto.endpoint}/moto-api/reset`, { method: 'POST' });
  const own = mkdtempSync(join(folder, 'round-'));
  const [cloud, tables] = [
    clientOf({ name: 'moto', ...moto }),
    clientOf({ name: 'DynamoDB Local', ...dynamodb }),
  ];
  const [ec2, sns, ddb] = [new EC2Client(cloud), new SNSClient(cloud), new DynamoDBClient(tables)];
  const names = { ledger: 'peers-ledger', state: 'peers-state' };
  const proxy = await startCountingProxy(moto.endpoint);
  try {
    const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'alerts' }));
    await createTables(ddb, names, 50);
    const ids = await launchInstances(ec2, instances);
    const trail = join(own, 'trail.json.gz');
    writeTrail(trail, ids);
    const withEnv = environment({ cloud: proxy.endpoint, dynamodb: dynamodb.endpoint, topicArn: TopicArn });
    const took: Measured[] = [];
    const job = { trail, folder: own, ledger: `dynamodb:${names.ledger},${names.state}` };
    for (const command of tool.commands(job)) took.push(await measured(command, withEnv));
    await expectTags(ec2, ids, TAGS);
    const calls = Object.entries(proxy.counts()).flatMap(([name, count]) =>
      name.startsWith('ec2:') ? [[name.slice('ec2:'.length), count] as const] : [],
    );
    return { name: tool.name, ...together(took), calls: Object.fromEntries(calls) };
  } finally {
    await proxy.stop();
    for (const TableName of Object.values(names)) await ddb.send(new DeleteTableCommand({ TableName }));
    for (const client of [ec2, sns, ddb]) client.destroy();
  }
};

/** What a person would set to work against these servers; tagledger reads more of it than the others. */
const environment = ({ cloud, dynamodb, topicArn }: Record<'cloud' | 'dynamodb' | 'topicArn', string>) => ({
  AWS_ENDPOINT_URL: cloud,
  AWS_ENDPOINT_URL_DYNAMODB: dynamodb,
  AWS_ENDPOINT_URL_DYNAMODB_STREAMS: dynamodb,
  AWS_ACCESS_KEY_ID: 'peers',
  AWS_SECRET_ACCESS_KEY: 'peers',
  AWS_REGION: REGION,
  AWS_DEFAULT_REGION: REGION,
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  TAG_RULES: FOUR_TAGS,
  TAGGER_ROLE_ARN: 'arn:aws:iam::111122223333:role/tagledger-apply',
  ALERT_TOPIC_ARN: topicArn,
  // The job is the instances; the volumes that were made with them are asked of nobody.
  TAG_CHILDREN: 'off',
});

const rowOf = (outcome: Outcome, ours: Outcome, instances: number): readonly string[] => {
  const { name, seconds, processorSeconds, peakMb, calls } = outcome;
  return [
    name,
    `${seconds.toFixed(1)} s`,
    `${processorSeconds.toFixed(1)} s`,
    `${Math.round(peakMb)} MB`,
    String(sum(calls)),
    (sum(calls) / instances).toFixed(3),
    `time ${ratio(seconds, ours.seconds)}, calls ${ratio(sum(calls), sum(ours.calls))}`,
    `${leastSeconds(calls.CreateTags ?? 0)} s`,
  ];
};

/** EC2 admits so many calls of CreateTags at once, and so many more each second; moto admits all. */
const leastSeconds = (calls: number): number =>
  Math.ceil(Math.max(0, calls - CREATE_TAGS_BUCKET.capacity) / CREATE_TAGS_BUCKET.refillPerSecond);

const sum = (calls: Readonly<Record<string, number>>): number =>
  Object.values(calls).reduce((all, one) => all + one, 0);
const ratio = (theirs: number, ours: number): string =>
  `${(theirs / ours).toFixed(theirs < 10 * ours ? 2 : 0)}×`;
const shown = (calls: Readonly<Record<string, number>>): string =>
  Object.entries(calls)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');
