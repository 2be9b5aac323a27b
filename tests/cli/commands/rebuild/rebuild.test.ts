import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { dynamodbStore } from '../../../../src/adapters/dynamodb/event-store.ts';
import { dynamodbStateStore } from '../../../../src/adapters/dynamodb/state-store.ts';
import { openRuntime } from '../../../../src/cli/ledger/open-runtime.ts';
import { embeddedAws } from '../../../../src/embedded/embedded-aws.ts';
import { fold } from '../../../../src/events/resource.ts';
import type { Difference } from '../../../../src/projections/compare.ts';
import { rebuild } from '../../../../src/projections/rebuild.ts';
import { rebuildPlace } from '../../../../src/projections/rebuild-place.ts';
import { rowOf } from '../../../../src/projections/state-row.ts';
import { parseTagRules } from '../../../../src/tagging/rules/tag-rules.ts';
import { listOf } from '../../../support/async.ts';
import { linesOf, run, temporaryFolder } from '../../../support/cli/command-line.ts';
import { contentsOf } from '../../../support/cli/contents.ts';
import { inDatabase, removeRow } from '../../../support/cli/database.ts';
import { start } from '../../../support/cli/spawned.ts';
import { sample } from '../../../support/cloudtrail/samples.ts';
import { appendAll } from '../../../support/doubles.ts';
import { applied, chain, requested, STREAM } from '../../../support/events.ts';
import { fakeDynamoDBServer, LEDGER_TABLE, STATE_TABLE } from '../../../support/fakes/dynamodb-server.ts';

const test = suite('tagledger rebuild');
const folder = temporaryFolder(test);
const ledger = join(folder, 'ledger');

const volume = (n: number) => `vol-0${String(n).padStart(16, '0')}`;
const arn = (n: number) => `arn:aws:ec2:eu-west-1:111122223333:volume/${volume(n)}`;
const VOLUMES = 130;

const rows = async (): Promise<string[]> =>
  (await contentsOf(ledger)).raw.filter((line) => line.startsWith('states '));

let untouched: string[];
test.before(async () => {
  const file = join(folder, 'trail.ndjson');
  const records = Array.from({ length: VOLUMES }, (_, n) =>
    sample('CreateVolume', { eventID: `create-${n}`, responseElements: { volumeId: volume(n) } }),
  );
  writeFileSync(file, records.map((record) => JSON.stringify(record)).join('\n'));
  assert.is((await run(['ingest', '--simulate', file, '--ledger', ledger])).code, 0);
  untouched = await rows();
  assert.is(untouched.length, VOLUMES);
});

const rebuildLedger = (...args: readonly string[]) => run(['rebuild', ...args, '--ledger', ledger]);

/** Replaces attributes of the row of volume `n`, past tagledger. */
const edit = (n: number, over: (row: Record<string, unknown>) => Record<string, unknown>) =>
  inDatabase(ledger, (database) => {
    const { item = '' } =
      database.get<{ item: string }>('SELECT item FROM states WHERE resource = ?', arn(n)) ?? {};
    const row = JSON.parse(item);
    const edited = JSON.stringify({ ...row, ...over(row) });
    database.run('UPDATE states SET item = ? WHERE resource = ?', edited, arn(n));
  });

test('a table that is what the ledger gives is left as it is, and has no difference', async () => {
  const { code, out } = await rebuildLedger();
  assert.is(code, 0);
  assert.match(out, /events +260\nrows +130\nwritten +0 .*\nrepaired +0 /);
  assert.equal(await rows(), untouched);
  const checked = await rebuildLedger('--check');
  assert.is(checked.code, 0);
  assert.match(checked.out, /rows +130 .*\ndifferences +0$/m);
});

for (const [what, over, path, rowSeq] of [
  ['tags', ({ state }) => ({ state: String(state).replace('"ada"', '"eve"') }), 'state.', 2],
  ['status', () => ({ status: 'failed' }), 'status', 2],
  ['status, in the index by which waiting rows are found', () => ({ due: 'open/1', dueAt: 'x' }), 'due', 2],
  ['lastSeq, which is higher than that of the ledger', () => ({ lastSeq: 99 }), 'lastSeq', 99],
  ['lastSeq, which is gone', () => ({ lastSeq: undefined }), 'lastSeq', null],
  ['state, which is no JSON any more', () => ({ state: '{' }), 'state', 2],
] satisfies [string, Parameters<typeof edit>[1], string, number | null][]) {
  test(`a row with another ${what} is a difference, and is repaired`, async () => {
    await edit(7, over);
    const checked = await rebuildLedger('--check');
    assert.is(checked.code, 3);
    assert.match(checked.out, /differences +1\n/);
    assert.match(checked.out, `differs  ${arn(7)}`);
    for (const format of ['json', 'ndjson']) {
      const { code, out } = await rebuildLedger('--check', '--format', format);
      assert.is(code, 3);
      const all = format === 'json' ? (JSON.parse(out) as Difference[]) : linesOf<Difference>(out);
      assert.is(all.length, 1);
      assert.equal(
        { ...all[0], path: all[0]?.path?.slice(0, path.length) },
        { resource: arn(7), kind: 'differs', ledgerSeq: 2, rowSeq, path },
      );
    }
    const { code, out } = await rebuildLedger('--format', 'ndjson');
    assert.is(code, 0);
    assert.equal(linesOf(out), [{ events: 260, rows: 130, written: 0, repaired: 1, strays: 0, removed: 0 }]);
    assert.equal(await rows(), untouched);
    assert.is((await rebuildLedger('--check')).code, 0);
  });
}

test('of many differences the first are shown and all are counted', async () => {
  await inDatabase(ledger, (database) => {
    for (let n = 0; n < 30; n++) removeRow(database, arn(n));
  });
  const { code, out } = await rebuildLedger('--check');
  assert.is(code, 3);
  assert.match(out, /differences +30 +the first 20:/);
  assert.is(out.split('\n').filter((line) => line.startsWith('missing')).length, 20);
  assert.is(linesOf((await rebuildLedger('--check', '--format', 'ndjson')).out).length, 30);
  assert.match((await rebuildLedger()).out, /written +30 /);
  assert.equal(await rows(), untouched);
});

test('a row without an event is told, left, and removed with --prune; what is no row stays', async () => {
  const stray = {
    resource: arn(999),
    lastSeq: 1,
    status: 'observed',
    state: '{"requests":[],"seen":[],"tags":[]}',
  };
  await inDatabase(ledger, (database) => {
    database.run('INSERT INTO states (resource, item) VALUES (?, ?)', stray.resource, JSON.stringify(stray));
    database.run("INSERT INTO memos (key, version, value) VALUES ('quiet/denied', 1, '1')");
  });
  const checked = await rebuildLedger('--check');
  assert.is(checked.code, 3);
  assert.match(checked.out, `unexpected  ${arn(999)}  0       1`);
  const left = await rebuildLedger();
  assert.is(left.code, 0);
  assert.match(left.said, 'State rows without an event in the ledger were left: 1.');
  assert.is((await rows()).length, VOLUMES + 1);
  assert.match((await rebuildLedger('--prune')).out, /strays +1 +rows without an event, 1 removed/);
  assert.equal(await rows(), untouched);
  const { raw } = await contentsOf(ledger);
  assert.ok(raw.some((line) => line.includes('quiet/denied')));
});

test('one that was killed goes on where it was, unless it is to begin again', async () => {
  await edit(7, () => ({ status: 'failed' }));
  const kill = async () => {
    const open = await openRuntime(ledger, {});
    try {
      const place = await rebuildPlace(open.coordination, ledger, () => new Date(), true);
      for await (const { after, events, rows } of rebuild(open)) {
        await place.keep({ after, events, rows });
        return; // As if the process had died here.
      }
    } finally {
      await open.close();
    }
  };
  await kill();
  const { code, out, said } = await rebuildLedger();
  assert.is(code, 0);
  assert.match(said, 'An earlier rebuild was interrupted after 100 rows, and goes on from there.');
  assert.match(out, /events +260\nrows +130\n/);
  assert.equal(await rows(), untouched);

  await kill();
  const again = await rebuildLedger('--restart');
  assert.not.match(again.said, 'goes on from there');
  assert.match(again.out, /events +260\nrows +130\n/);
  // It came to its end: the next one begins at the beginning.
  assert.not.match((await rebuildLedger()).said, 'goes on from there');
});

test('it calls neither EC2 nor SNS nor CloudWatch', async () => {
  await edit(7, () => ({ status: 'failed' }));
  const open = await embeddedAws({ folder: ledger, rules: parseTagRules('{"Owner":"{who.name}"}') });
  try {
    for await (const _ of rebuild(open));
    assert.equal([open.alerts, open.ec2Calls.createTags], [[], 0]);
  } finally {
    await open.close();
  }
});

test('with --into, another table of AWS gets the rows, and the state table is left as it is', async () => {
  const { client, endpoint, close } = await fakeDynamoDBServer();
  try {
    const events = chain([requested('r1'), applied('a1')]);
    await appendAll(dynamodbStore(client, LEDGER_TABLE), events);
    await client.send(
      new CreateTableCommand({
        TableName: 'fresh',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'resource', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'resource', KeyType: 'HASH' }],
      }),
    );
    const env = {
      AWS_ENDPOINT_URL_DYNAMODB: endpoint,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'any',
      AWS_SECRET_ACCESS_KEY: 'any',
    };
    const args = ['rebuild', '--ledger', `dynamodb:${LEDGER_TABLE},${STATE_TABLE}`];
    assert.is((await start([...args, '--check'], { env }).exited).code, 3);
    const { code, said } = await start([...args, '--into', 'fresh'], { env }).exited;
    assert.is(code, 0, said);
    assert.equal(await listOf(dynamodbStateStore(client, 'fresh').list()), [rowOf(STREAM, fold(events))]);
    assert.equal(await listOf(dynamodbStateStore(client, STATE_TABLE).list()), []);
    assert.is((await start([...args, '--into', 'fresh', '--check'], { env }).exited).code, 0);
    const lost = await start([...args, '--into', 'nowhere'], { env }).exited;
    assert.is(lost.code, 1);
    assert.match(lost.said, 'Check the names of the tables');
  } finally {
    await close();
  }
});

test('where no ledger is it makes none', async () => {
  const nowhere = join(folder, 'nowhere');
  assert.is((await run(['rebuild', '--ledger', nowhere])).code, 1);
  assert.not.ok(existsSync(nowhere));
});

for (const [args, words] of [
  [['x'], 'takes no arguments'],
  [['--check', '--prune'], '--check writes nothing'],
  [['--into', 'other'], 'in a folder, leave --into out'],
  [
    ['--into', 'a,b', '--ledger', 'dynamodb:ledger,state'],
    'It takes the name of a table, and a ledger in AWS',
  ],
] as const) {
  test(`\`rebuild ${args.join(' ')}\` is wrong usage`, async () => {
    const { code, said } = await run(['rebuild', ...args]);
    assert.is(code, 2);
    assert.match(said, words);
  });
}

test.run();
