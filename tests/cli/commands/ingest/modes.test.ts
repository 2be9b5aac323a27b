import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { dynamodbStore } from '../../../../src/adapters/dynamodb/event-store.ts';
import { ledgerModeOf } from '../../../../src/cli/ledger/ledger-mode.ts';
import { golden } from '../../../golden/questions.ts';
import { run, temporaryFolder } from '../../../support/cli/command-line.ts';
import { contentsOf } from '../../../support/cli/contents.ts';
import { launch, tagging } from '../../../support/cloudtrail/trail.ts';
import { streamOf } from '../../../support/events.ts';
import { fakeDynamoDBServer, LEDGER_TABLE, STATE_TABLE } from '../../../support/fakes/dynamodb-server.ts';

const test = suite('the mode of a ledger');
const folder = temporaryFolder(test);
const at = (name: string): string => join(folder, name);
const [FIRST, SECOND, THIRD] = ['i-0a1b2c3d4e5f60717', 'i-0a1b2c3d4e5f60718', 'i-0a1b2c3d4e5f60719'];
const trail = (name: string, ...records: readonly unknown[]): string => {
  writeFileSync(at(name), JSON.stringify(records));
  return at(name);
};
const succeeds = async (...args: readonly string[]) => {
  const ran = await run(args);
  assert.is(ran.code, 0, ran.said);
  return ran;
};
const first = trail('first.json', launch([FIRST]), tagging(FIRST, { Team: 'web' }));
const second = trail('second.json', launch([SECOND]));
const third = trail('third.json', launch([THIRD]));

/** Takes a field out of the marker of a folder, as if a version without it had made the folder. */
const forget = (ledger: string): void => {
  const file = join(ledger, 'tagledger.json');
  const { mode: _, ...marker } = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify(marker));
};

const simulated = at('simulated');
test.before(async () => {
  await succeeds('ingest', first, '--simulate', '--ledger', simulated);
});

test('of a simulated ledger, events say under their hash what only the simulation told', async () => {
  const { events } = await contentsOf(simulated);
  const told = events.map(({ stream, event, body }) => [
    stream.split(/[:/]/).at(-2),
    event.type,
    'simulated' in event && event.simulated === true,
    body.includes('"simulated":true'),
  ]);
  assert.equal(
    told.filter(([, , marked, inBody]) => marked !== inBody),
    [],
  );
  assert.equal(told.map(([type, event, marked]) => `${type} ${event}${marked ? ' simulated' : ''}`).sort(), [
    'instance DependencyObserved simulated',
    'instance TagApplied simulated',
    'instance TagObserved',
    'instance TagRequested',
    'tagledger-coverage CoverageRecorded',
    'tagledger-coverage CoverageRecorded',
    'tagledger-coverage CoverageRecorded',
    'volume TagApplied simulated',
    'volume TagRequested simulated',
  ]);
  assert.equal([...new Set(events.map(({ schemaVersion }) => schemaVersion))], [2]);
});

test('history, state and why say what was simulated', async () => {
  const on = async (...args: readonly string[]) => (await succeeds(...args, '--ledger', simulated)).out;
  const history = await on('history', FIRST);
  assert.match(history, /TagApplied {2}\S+ {2}simulated$[\s\S]+ accepted the tags as \S+$/m);
  assert.not.match(history, /TagRequested .*simulated/);
  const state = await on('state', FIRST);
  assert.match(state, /^status +applied$/m);
  assert.match(state, /^simulated +EC2 was simulated/m);
  assert.match(state, /^ +Owner +ada +simulated$/m);
  assert.match(state, /^ +Team +web$/m);
  assert.equal(JSON.parse(await on('state', FIRST, '--format', 'json')).simulated, [
    'CreatedAt',
    'CreatedBy',
    'Owner',
  ]);
  assert.match(await on('state', FIRST, '--known-at', '2100-01-01'), /^simulated +EC2 was simulated/m);
  const why = await on('why', FIRST);
  assert.match(why, /^Owner +ada +tagledger set it .*, in a simulated EC2$/m);
  assert.match(why, 'the simulated EC2 accepted ');
  assert.match(why, /^note: EC2 was simulated, and AWS was never called$/m);
});

test('later records follow the mode of the ledger, with the flag and without', async () => {
  const { said } = await succeeds('ingest', second, '--ledger', simulated);
  assert.is(
    said,
    `${simulated} is a simulated ledger: EC2 is simulated, nothing was sent to AWS\ntag rules: the built-in example, because TAG_RULES is not set\n`,
  );
  await succeeds('ingest', third, '--simulate', '--ledger', simulated);
  const { events } = await contentsOf(simulated);
  const applied = events.filter(({ event }) => event.type === 'TagApplied');
  assert.is(applied.length, 6);
  assert.ok(applied.every(({ event }) => 'simulated' in event && event.simulated));
});

test('format 1 is refused, because its events cannot say that they are simulated', async () => {
  const { code, said } = await run(['ingest', second, '--ledger', simulated], { EVENT_FORMAT: '1' });
  assert.is(code, 1);
  assert.match(said, 'EVENT_FORMAT is 1, in which an event cannot say that it is simulated.');
});

test('a folder that an earlier version made, with requests, is continued only with --simulate, and that is said', async () => {
  const ledger = at('earlier');
  await succeeds('ingest', first, '--simulate', '--ledger', ledger);
  forget(ledger);
  assert.is(await ledgerModeOf(ledger), 'unknown');
  const refused = await run(['ingest', second, '--ledger', ledger]);
  assert.is(refused.code, 2);
  assert.match(refused.said, /The mode of \S+ is unknown: .* Pass --simulate /);
  const { said } = await succeeds('ingest', second, '--simulate', '--ledger', ledger);
  assert.match(said, /^mode unknown: an earlier version made this ledger, .*; treated as simulated$/m);
  const { events } = await contentsOf(ledger);
  assert.ok(events.some(({ stream, event }) => stream.endsWith(SECOND) && event.type === 'TagApplied'));
  assert.match((await succeeds('doctor', '--ledger', ledger)).out, /^OK +mode +unknown: /m);
});

test('a folder that an earlier version made, without a request, is observed', async () => {
  const ledger = at('quiet');
  await succeeds('ingest', first, '--ledger', ledger);
  forget(ledger);
  assert.is(await ledgerModeOf(ledger), 'observed');
  const { code } = await run(['ingest', second, '--simulate', '--ledger', ledger]);
  assert.is(code, 2);
  await succeeds('ingest', second, '--ledger', ledger);
  const { events } = await contentsOf(ledger);
  assert.not.ok(events.some(({ event }) => event.type === 'TagRequested'));
});

test('an import has the mode that the folder or the events tell', async () => {
  const observed = at('observed');
  await succeeds('ingest', first, '--ledger', observed);
  const imported = async (from: string, ...options: readonly string[]) => {
    const [file, to] = [at(`${options.length}.${from}.ndjson.gz`), at(`from-${options.length}-${from}`)];
    await succeeds('export', '--out', file, '--ledger', at(from));
    const { out } = await succeeds('import', file, ...options, '--ledger', to);
    const [, said] = /^mode +(\S+)$/m.exec(out) ?? [];
    assert.is(await ledgerModeOf(to), said);
    return said;
  };
  assert.is(await imported('observed'), 'observed');
  assert.is(await imported('simulated'), 'simulated');
  assert.is(await imported('simulated', '--previous', simulated), 'simulated');
});

test('an exported file and a ledger in AWS', async () => {
  assert.is(await ledgerModeOf('a.ndjson.gz'), undefined);
  assert.is(await ledgerModeOf(golden('export.ndjson.gz')), 'unknown');
  assert.is(await ledgerModeOf('dynamodb:ledger,state'), 'live');
  assert.is(await ledgerModeOf(at('nowhere')), undefined);
});

const inAws = async (args: readonly string[], env: Readonly<Record<string, string>>) => {
  const { client, endpoint, close } = await fakeDynamoDBServer();
  const keys = [
    'AWS_ENDPOINT_URL_DYNAMODB',
    'AWS_REGION',
    'AWS_ACCESS_KEY_ID',
    'AWS_SECRET_ACCESS_KEY',
  ] as const;
  const before = Object.fromEntries(keys.map((key) => [key, process.env[key]]));
  Object.assign(process.env, Object.fromEntries(keys.map((key) => [key, 'any'])), {
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    AWS_REGION: 'eu-west-1',
  });
  try {
    const where = `dynamodb:${LEDGER_TABLE},${STATE_TABLE}`;
    const role = 'arn:aws:iam::111122223333:role/tagger';
    const ran = await run(['ingest', first, ...args, '--ledger', where], { TAGGER_ROLE_ARN: role, ...env });
    return { ...ran, events: await dynamodbStore(client, LEDGER_TABLE).read(streamOf(FIRST)) };
  } finally {
    for (const key of keys) {
      if (before[key] === undefined) delete process.env[key];
      else process.env[key] = before[key];
    }
    await close();
  }
};

test('a ledger in AWS observes last month’s fleet, and needs no rules for it', async () => {
  const { code, said, events } = await inAws([], { EVENT_FORMAT: '2' });
  assert.is(code, 0, said);
  assert.equal(
    events.map(({ event }) => [event.type, event.type === 'TagObserved' && event.observing === true]),
    [
      ['TagObserved', true],
      ['TagObserved', false],
    ],
  );
  assert.match(said, 'is a live ledger: what the records tell was recorded, and no tag was requested');
});

test('a ledger in AWS requests tags where it is told to', async () => {
  const { code, said, events } = await inAws(['--request-tags'], { TAG_RULES: '{"Owner":"{who.name}"}' });
  assert.is(code, 0, said);
  assert.is(events[0]?.event.type, 'TagRequested');
  assert.match(said, 'is a live ledger: tags were requested by TAG_RULES');
});

test('a ledger in AWS observes in format 2 only, because its functions must see that nothing should follow', async () => {
  const { code, said, events } = await inAws([], {});
  assert.is(code, 1);
  assert.match(said, 'Observing into a ledger in AWS needs events of format 2');
  assert.is(events.length, 0);
});

test.run();
