import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { env } from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { describeTags } from '../../src/tagging/ec2/describe-tags.ts';
import { linesOf, temporaryFolder } from '../support/cli/command-line.ts';
import { type Exited, start } from '../support/cli/spawned.ts';
import { sample } from '../support/cloudtrail/samples.ts';
import { type Maker, maker } from './resources.ts';
import { clientOf, REGION, type Target, targets } from './targets.ts';
import { openTopic, type Topic } from './topic.ts';

const { dynamodbs, cloud } = targets();
const test = suite(`the command line, with its ledger in ${dynamodbs[0].name} and its EC2 in ${cloud.name}`);
const folder = temporaryFolder(test);

const run = `${process.pid}-${Date.now()}`;
const TABLES = { LEDGER: `conformance-cli-ledger-${run}`, STATE: `conformance-cli-state-${run}` };
const LEDGER = ['--ledger', `dynamodb:${TABLES.LEDGER},${TABLES.STATE}`];

let topic: Topic;
let make: Maker;
const ec2 = new EC2Client(clientOf(cloud));

test.before(async () => {
  topic = await openTopic(cloud);
  make = await maker(ec2);
});
test.after(async () => {
  await make.removeAll();
  await topic.close();
  const dynamodb = new DynamoDBClient(clientOf(dynamodbs[0]));
  for (const TableName of Object.values(TABLES)) await dynamodb.send(new DeleteTableCommand({ TableName }));
  dynamodb.destroy();
  ec2.destroy();
});

/** What a person would set to work against the servers of this run: endpoints, and made-up credentials. */
const environment = (): Record<string, string> => {
  const at = (names: readonly string[], { endpoint }: Target) =>
    endpoint === undefined ? [] : names.map((name) => [`AWS_ENDPOINT_URL${name}`, endpoint] as const);
  const isOurs = cloud.endpoint !== undefined && dynamodbs[0].endpoint !== undefined;
  const own = Object.entries(env).filter(([name, value]) => name.startsWith('AWS_') && value);
  return {
    ...(isOurs
      ? { AWS_ACCESS_KEY_ID: 'conformance', AWS_SECRET_ACCESS_KEY: 'conformance' }
      : (Object.fromEntries([...own, ['HOME', env.HOME ?? '']]) as Record<string, string>)),
    ...Object.fromEntries([...at([''], cloud), ...at(['_DYNAMODB', '_DYNAMODB_STREAMS'], dynamodbs[0])]),
    AWS_REGION: REGION,
    TAG_RULES: '{"Owner":"{who.name}"}',
    TAGGER_ROLE_ARN: 'arn:aws:iam::111122223333:role/tagledger-apply',
    ALERT_TOPIC_ARN: topic.arn,
  };
};

const tagledger = (...args: readonly string[]): Promise<Exited> =>
  start([...args, ...LEDGER], { env: environment() }).exited;

/** Ends with the exit code, and shows what was said when it is another one. */
const done = ({ code, said, out }: Exited, expected = 0): void =>
  assert.is(code, expected, `exit code ${code}: ${said}${out}`);

/** A CloudTrail log file that tells of new volumes. */
const trailOf = (name: string, ids: readonly string[]): string => {
  const eventTime = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const Records = ids.map((volumeId) =>
    sample('CreateVolume', {
      eventID: `conformance of ${volumeId}`,
      eventTime,
      awsRegion: REGION,
      responseElements: { volumeId },
    }),
  );
  const file = join(folder, name);
  writeFileSync(file, JSON.stringify({ Records }));
  return file;
};

const ownerOf = async (id: string): Promise<string | undefined> => {
  const patience = { sleep: async () => undefined, remainingMs: () => 10_000 };
  const answer = await describeTags(ec2, [id], patience);
  assert.ok(answer.ok);
  return answer.answer.get(id)?.find(({ key }) => key === 'Owner')?.value;
};

test('a ledger that is not there is said to be missing, and how to go on', async () => {
  const answer = await tagledger('list');
  done(answer, 1);
  assert.match(answer.said, /ResourceNotFoundException.*Check the names of the tables/s);
});

test('a topic that is not there is refused before anything is consumed', async () => {
  const ALERT_TOPIC_ARN = `${topic.arn}-of-nobody`;
  const args = ['consume', '--once', ...LEDGER];
  const answer = await start(args, { env: { ...environment(), ALERT_TOPIC_ARN } }).exited;
  done(answer, 1);
  assert.match(answer.said, /SNS does not know the topic \S+-of-nobody\. Create it/);
});

test('consume makes the tables, and has nothing to do yet', async () => {
  const answer = await tagledger('consume', '--once', '--create-tables');
  done(answer);
  assert.match(answer.out, /^apply +0 {2}records$/m);
});

test('what is ingested is consumed, and tagged in EC2', async () => {
  const ids = await Promise.all([make.volume(), make.volume()]);
  const ingested = await tagledger('ingest', '--request-tags', trailOf('first.json', ids));
  done(ingested);
  assert.match(ingested.out, /^appended +2 {2}2 TagRequested$/m);
  const consumed = await tagledger('consume', '--once');
  done(consumed);
  assert.match(consumed.out, /^apply +2 {2}records$/m);
  assert.match(consumed.out, /^project +4 {2}records$/m);
  assert.equal(await Promise.all(ids.map(ownerOf)), ['ada', 'ada']);

  const [id = ''] = ids;
  const questions: readonly [string, RegExp][] = [
    ['state', /Owner=ada|Owner +ada/],
    ['history', /TagApplied/],
    ['why', /CreateVolume/],
  ];
  await Promise.all(
    questions.map(async ([command, expected]) => {
      const answer = await tagledger(command, id);
      done(answer);
      assert.match(answer.out, expected, command);
    }),
  );
  const listed = await tagledger('list', '--format', 'ndjson');
  done(listed);
  assert.is(linesOf(listed.out).length, 2);
  done(await tagledger('rebuild', '--check'));
});

test('the same file again appends nothing, and nothing is consumed again', async () => {
  const again = await tagledger('ingest', '--request-tags', join(folder, 'first.json'));
  done(again);
  assert.match(again.out, /^already there +2$/m);
  const consumed = await tagledger('consume', '--once', '--format', 'json');
  done(consumed);
  assert.equal(JSON.parse(consumed.out), { apply: 0, project: 0, raised: 0, dropped: 0 });
});

test('consume that runs on tags what comes while it runs, and ends when it is told to', async () => {
  const { child, exited } = start(['consume', ...LEDGER], { env: environment() });
  const id = await make.volume();
  done(await tagledger('ingest', '--request-tags', trailOf('second.json', [id])));
  for (let looks = 0; looks < 100 && (await ownerOf(id)) === undefined; looks++) await delay(100);
  assert.is(await ownerOf(id), 'ada');
  child.kill('SIGTERM');
  const { code, said } = await exited;
  assert.is(code, 0, said);
  assert.match(said, /apply 1, project \d records/);
});

test.run();
