import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { linesOf, type Ran, run, temporaryFolder, withoutProvenance } from '../support/cli/command-line.ts';
import { contentsOf } from '../support/cli/contents.ts';
import { sample } from '../support/cloudtrail/samples.ts';

const test = suite('tagledger history, state, list');
const folder = temporaryFolder(test);
const ledger = join(folder, 'ledger');

const EVIL = 'a\u001b[31mb\nc\u009b2J\u202Ed\u0000e\u2028f';
const VOLUME = 'vol-0a1b2c3d4e5f60718';
const EVIL_VOLUME = 'vol-0a1b2c3d4e5f60719';
const TWICE = 'vol-0a1b2c3d4e5f6071a';
const GONE = 'vol-0a1b2c3d4e5f6071b';
const arn = (id: string, region = 'eu-west-1') => `arn:aws:ec2:${region}:111122223333:volume/${id}`;

const creation = (id: string, over: Readonly<Record<string, unknown>> = {}, tags: readonly object[] = []) =>
  sample('CreateVolume', {
    eventID: `create-${id}`,
    responseElements: { volumeId: id },
    requestParameters: { tagSpecificationSet: { items: [{ resourceType: 'volume', tags }] } },
    ...over,
  });

test.before(async () => {
  const trail = [
    creation(VOLUME, {}, [{ key: 'Name', value: 'db' }]),
    creation(
      EVIL_VOLUME,
      { userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/x', userName: EVIL } },
      [{ key: EVIL, value: EVIL }],
    ),
    creation(TWICE),
    creation(TWICE, { eventID: 'elsewhere', awsRegion: 'us-east-1' }),
    creation(GONE),
    sample('DeleteVolume', {
      eventID: 'gone',
      requestParameters: { volumeId: GONE },
      responseElements: { _return: true },
    }),
  ];
  const file = join(folder, 'trail.json');
  writeFileSync(file, JSON.stringify(trail));
  assert.is((await run(['ingest', '--simulate', file, '--ledger', ledger])).code, 0);
});

const read = async (...args: readonly string[]): Promise<Ran> => {
  const ran = await run([...args, '--ledger', ledger]);
  assert.is(ran.code, 0, ran.said);
  // Only in JSON does a list have a place of its own for the horizon.
  assert.match(ran.said, args[0] === 'list' && !args.includes('json') ? /^data until \S+Z\n$/ : /^$/);
  return ran;
};

test('a history has every event with who, why, times, seq and hashes, by id and by ARN', async () => {
  const { out } = await read('history', VOLUME, '--format', 'json');
  assert.is((await read('history', arn(VOLUME), '--format', 'json')).out, out);
  const events = JSON.parse(out);
  assert.equal(
    events.map(({ seq, type, resource }: Record<string, unknown>) => [seq, type, resource]),
    [
      [1, 'TagRequested', arn(VOLUME)],
      [2, 'TagApplied', arn(VOLUME)],
    ],
  );
  const [request, applied] = events;
  assert.is(request.who.name, 'ada');
  assert.equal(request.cause, { source: 'cloudtrail', id: `create-${VOLUME}`, name: 'CreateVolume' });
  assert.is(request.effectiveAt, '2026-03-31T23:59:00.000Z');
  assert.ok(request.recordedAt > request.effectiveAt);
  assert.match(request.hash, /^[0-9a-f]{64}$/);
  assert.is(applied.prev, request.hash);
});

test('NDJSON is the same, one event a line', async () => {
  const { out } = await read('history', VOLUME, '--format', 'ndjson');
  assert.equal(linesOf(out), JSON.parse((await read('history', VOLUME, '--format', 'json')).out));
});

test('text tells a history in words', async () => {
  const { out } = await read('history', VOLUME);
  assert.match(out, `volume ${VOLUME} in account 111122223333, Region eu-west-1`);
  const [, asked = '', done = ''] = out.split('\n\n');
  assert.match(asked, /^event 1 {2}TagRequested {2}\S+\n {2}who +ada\n {2}why +CreateVolume \S+\n/);
  assert.match(asked, /^ {4}Owner=ada$[\s\S]+^ {4}created with Name=db$/m);
  assert.match(done, /^event 2 {2}TagApplied {2}[\s\S]+ accepted the tags.*$[\s\S]+^ {4}Owner=ada$/m);
});

test('a state is one object, in every format, by id and by ARN', async () => {
  const json = withoutProvenance((await read('state', VOLUME, '--format', 'json')).out);
  assert.is(json.status, 'applied');
  assert.is(json.createdBy.name, 'ada');
  assert.is(json.lastSeq, 2);
  assert.equal(withoutProvenance((await read('state', arn(VOLUME), '--format', 'ndjson')).out), json);
  const { out } = await read('state', VOLUME);
  assert.match(out, /^status +applied$/m);
  assert.match(out, /^created by +ada \(person\)$/m);
  assert.match(out, /^ +Owner +ada +simulated$/m);
});

test('a list has every resource, sorted, in every format', async () => {
  const { resources, ...frame } = JSON.parse((await read('list', '--format', 'json')).out);
  assert.equal(Object.keys(frame), ['foldVersion', 'horizon', 'provenance']);
  const arns = resources.map((view: { arn: string }) => view.arn);
  assert.equal(arns, [VOLUME, EVIL_VOLUME, TWICE, GONE].map((id) => arn(id)).concat(arn(TWICE, 'us-east-1')));
  assert.equal(
    linesOf((await read('list', '--format', 'ndjson')).out).map(({ foldVersion: _, ...row }) => row),
    resources,
  );
  assert.is((await read('list')).out.trim().split('\n').length, 1 + resources.length);
});

test('a list of one status has only these, and an empty one says so', async () => {
  const retired = linesOf((await read('list', '--status', 'retired', '--format', 'ndjson')).out);
  assert.equal(
    retired.map(({ id }) => id),
    [GONE],
  );
  for (const [format, out] of [
    ['text', 'no resources\n'],
    ['ndjson', ''],
  ] as const) {
    const none = await run(['list', '--status', 'open', '--format', format, '--ledger', ledger]);
    assert.equal([none.code, none.out], [0, out]);
    assert.match(
      none.said,
      /^data until \S+Z\nNo resource matches --status open: this ledger knows 5 resources\.\n$/,
    );
  }
});

for (const command of ['state', 'history']) {
  test(`an id that stands in two Regions: ${command} asks for the ARN, and takes it`, async () => {
    const { code, out, said } = await run([command, TWICE, '--ledger', ledger]);
    assert.is(code, 1);
    assert.is(out, '');
    for (const words of [arn(TWICE), arn(TWICE, 'us-east-1'), 'Name one of them by its ARN.']) {
      assert.match(said, words);
    }
    assert.match((await read(command, arn(TWICE, 'us-east-1'))).out, 'us-east-1');
  });

  test(`${command} of a resource that the ledger does not know fails with one sentence`, async () => {
    for (const resource of ['i-0abc', arn('vol-0abc'), '', 'vol']) {
      const { code, out, said } = await run([command, resource, '--ledger', ledger]);
      assert.ok(code > 0);
      assert.is(out, '');
      assert.is(said.trim().split('\n').length, 1);
    }
  });
}

for (const args of [['list'], ['state', EVIL_VOLUME], ['history', EVIL_VOLUME]]) {
  test(`\`${args[0]}\` as text shows hostile tags and names as blanks, each on its one line`, async () => {
    const { out } = await read(...args);
    for (const line of out.split('\n')) assert.not.match(line, /[\p{C}\u2028\u2029]/u);
    assert.match(out, 'a [31mb c 2J d e f');
  });

  test(`\`${args[0]}\` as NDJSON gives hostile tags and names back as they are, on its own lines`, async () => {
    const { out } = await read(...args, '--format', 'ndjson');
    const values = JSON.stringify(linesOf(out));
    assert.ok(values.includes(JSON.stringify(EVIL).slice(1, -1)));
  });
}

test('reading changes nothing', async () => {
  const before = await contentsOf(ledger);
  for (const args of [['list'], ['state', VOLUME], ['history', VOLUME]]) await read(...args);
  assert.equal(await contentsOf(ledger), before);
});

test.run();
