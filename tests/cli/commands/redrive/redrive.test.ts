import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { dynamodbStore } from '../../../../src/adapters/dynamodb/event-store.ts';
import { dynamodbStateStore } from '../../../../src/adapters/dynamodb/state-store.ts';
import { databaseDeadLetters } from '../../../../src/embedded/database-dead-letters.ts';
import type { RecordedEvent } from '../../../../src/events/recorded-event.ts';
import type { Redriven } from '../../../../src/handlers/redrive/redrive.ts';
import type { DeadLetters } from '../../../../src/stream-consumer/dead-letter-file.ts';
import { listOf } from '../../../support/async.ts';
import { linesOf, run, temporaryFolder } from '../../../support/cli/command-line.ts';
import { contentsOf } from '../../../support/cli/contents.ts';
import { inDatabase, removeRow } from '../../../support/cli/database.ts';
import { start } from '../../../support/cli/spawned.ts';
import { sample } from '../../../support/cloudtrail/samples.ts';
import { envelope, launch } from '../../../support/cloudtrail/trail.ts';
import { appendAll } from '../../../support/doubles.ts';
import { applied, chain, NOW, requested, STREAM, streamOf } from '../../../support/events.ts';
import { batchMessage, invocationMessage } from '../../../support/failure-messages.ts';
import { fakeDynamoDBServer, LEDGER_TABLE, STATE_TABLE } from '../../../support/fakes/dynamodb-server.ts';
import { lambdaEventOf, unreadableRecord } from '../../../support/lambda-records.ts';

const test = suite('tagledger redrive');
const folder = temporaryFolder(test);
const ledger = join(folder, 'ledger');
const file = join(folder, 'messages.ndjson');
const ID = 'vol-0a1b2c3d4e5f60718';

test.before(async () => {
  const trail = join(folder, 'trail.json');
  writeFileSync(trail, JSON.stringify(sample('CreateVolume', { responseElements: { volumeId: ID } })));
  assert.is((await run(['ingest', '--simulate', trail, '--ledger', ledger])).code, 0);
});

const statuses = async () =>
  Object.fromEntries((await contentsOf(ledger)).views.map(({ id, status }) => [id, status]));

type DeadLetter = Parameters<DeadLetters['add']>;

/** Keeps a batch as the consumers do that give it up. */
const giveUp = (consumer: DeadLetter[0], records: DeadLetter[1]) =>
  inDatabase(ledger, (database) =>
    databaseDeadLetters(database, () => NOW).add(consumer, records, undefined),
  );

const kept = () => inDatabase(ledger, (database) => databaseDeadLetters(database, () => NOW).messages());

/** Takes a row away, as if its batch had been given up, and keeps the batch. */
const loseRow = async (): Promise<void> => {
  const { events } = await contentsOf(ledger);
  const lost = events.find(({ stream }) => stream.endsWith(ID))?.stream ?? '';
  await inDatabase(ledger, (database) => removeRow(database, lost));
  await giveUp('project', lambdaEventOf(events.filter(({ stream }) => stream === lost)).Records);
};

test('where nothing was given up there is nothing to do', async () => {
  const { code, out, said } = await run(['redrive', '--ledger', ledger]);
  assert.equal([code, said], [0, 'There was nothing to redrive: no message was found.\n']);
  assert.match(out, /messages +0\n/);
});

test('what the embedded consumers gave up goes through, and is then forgotten', async () => {
  await loseRow();
  assert.not.ok((await statuses())[ID]);
  const { code, out, said } = await run(['redrive', '--ledger', ledger]);
  assert.is(code, 0, said);
  assert.match(out, /messages +1\ndone +1\n/);
  assert.is((await statuses())[ID], 'applied');
  assert.equal(await kept(), []);
});

test('what fails again is kept, and is told', async () => {
  // No event was recorded at that time: perhaps somebody removed it.
  const message = batchMessage('tagledger-project', '00:00:00');
  await inDatabase(ledger, (database) =>
    database.run('INSERT INTO dead_letters (message) VALUES (?)', message),
  );
  for (const _ of ['once', 'and again']) {
    const { code, out, said } = await run(['redrive', '--ledger', ledger]);
    assert.is(code, 1);
    assert.match(out, /failed +1 /);
    assert.match(said, 'failed: dead letter 1: ');
    assert.equal(await kept(), [message]);
  }
  await inDatabase(ledger, (database) => database.run('DELETE FROM dead_letters'));
});

test('what can never be read is set aside, told, and not kept any longer', async () => {
  const { events } = await contentsOf(ledger);
  await giveUp('project', [unreadableRecord(events[0] as RecordedEvent, 1)]);
  const { code, out } = await run(['redrive', '--ledger', ledger]);
  assert.is(code, 0);
  assert.match(out, /done +1\n/);
  assert.equal(await kept(), []);
});

test('messages in files are run, what cannot be used is told with its place, and the rest goes on', async () => {
  const bodies = [
    JSON.stringify(envelope(launch(['i-01']))),
    'salary-band-7',
    invocationMessage(envelope(launch(['i-02']))),
    '',
    '{"a":1}',
  ];
  writeFileSync(file, bodies.join('\n'));
  const { code, out, said } = await run(['redrive', file, '--ledger', ledger]);
  assert.is(code, 1);
  assert.match(out, /messages +4\ndone +2\nfailed +0 .*\nunusable +2 /);
  assert.match(said, `unusable: ${file}, line 2: The message is not JSON`);
  assert.match(said, `unusable: ${file}, line 5: `);
  assert.not.match(said, 'salary');
  const now = await statuses();
  assert.equal([now['i-01'], now['i-02']], ['applied', 'applied']);
  const again = await run(['redrive', file, '--ledger', ledger, '--format', 'ndjson']);
  assert.equal(
    linesOf<Redriven>(again.out).map(({ kind, outcome }) => [kind, outcome]),
    [
      ['input', 'done'],
      [undefined, 'unusable'],
      ['input', 'done'],
      ['input', 'unusable'],
    ],
  );
  assert.is((await contentsOf(ledger)).events.filter(({ stream }) => stream.endsWith('i-01')).length, 3);
});

test('a ledger in AWS gets its rows made current, and EC2 is left to reconcile', async () => {
  const { client, endpoint, close } = await fakeDynamoDBServer();
  try {
    const store = dynamodbStore(client, LEDGER_TABLE);
    const other = streamOf('i-0b');
    await appendAll(store, [...chain([requested('r1'), applied('a1')]), ...chain([requested('r2')], other)]);
    const env = {
      AWS_ENDPOINT_URL_DYNAMODB: endpoint,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'any',
      AWS_SECRET_ACCESS_KEY: 'any',
      TAG_RULES: '{"Owner":"{who.name}"}',
      TAGGER_ROLE_ARN: 'arn:aws:iam::111122223333:role/tagledger-apply',
    };
    const arrival = (time: string) => ({
      DDBStreamBatchInfo: { approximateArrivalOfFirstRecord: time, approximateArrivalOfLastRecord: time },
    });
    const input = [
      batchMessage('tagledger-apply', '00:00:00', '00:00:00', arrival(NOW.toISOString())),
      JSON.stringify(envelope(launch(['i-0c']))),
    ].join('\n');
    const args = ['redrive', '-', '--ledger', `dynamodb:${LEDGER_TABLE},${STATE_TABLE}`];
    const { code, said } = await start(args, { env, input }).exited;
    assert.is(code, 0, said);
    assert.match(said, 'The state rows of 1 stream batches are up to date. This command called no EC2');
    const rows = await listOf(dynamodbStateStore(client, STATE_TABLE).list());
    assert.equal(rows.map(({ arn, status }) => `${arn} ${status}`).sort(), [
      `${STREAM} applied`,
      `${other} open`,
    ]);
    assert.equal(
      (await store.read(streamOf('i-0c'))).map(({ event }) => event.type),
      ['TagRequested'],
    );
  } finally {
    await close();
  }
});

test('a file that is not there is a failure in one line, and no ledger is made', async () => {
  const nowhere = join(folder, 'nowhere');
  const missing = await run(['redrive', nowhere, '--ledger', ledger]);
  assert.is(missing.code, 1);
  assert.match(missing.said, 'Name a file with one message a line.');
  assert.is((await run(['redrive', file, '--ledger', nowhere])).code, 1);
  assert.not.ok(existsSync(nowhere));
});

for (const [args, words] of [
  [['x', '--queue', 'https://q', '--ledger', 'dynamodb:a,b'], 'not from both. Leave one of them out.'],
  [['--queue', 'https://q'], 'deleted from the queue'],
  [['--ledger', 'dynamodb:a,b'], 'There is nothing to redrive. Name files'],
  [['--limit', '3'], '--limit is for --queue'],
  [
    ['--queue', 'https://q', '--limit', 'all', '--ledger', 'dynamodb:a,b'],
    'of --limit is not a number of messages',
  ],
] as const) {
  test(`\`redrive ${args.join(' ')}\` is wrong usage`, async () => {
    const { code, said } = await run(['redrive', ...args]);
    assert.is(code, 2);
    assert.match(said, words);
  });
}

test.run();
