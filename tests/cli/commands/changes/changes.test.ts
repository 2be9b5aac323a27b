import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FOLD_VERSION } from '../../../../src/events/resource.ts';
import type { Change } from '../../../../src/projections/changes.ts';
import { linesOf, run, temporaryFolder, withoutProvenance } from '../../../support/cli/command-line.ts';
import { sample } from '../../../support/cloudtrail/samples.ts';

const test = suite('tagledger changes and timeline');
const folder = temporaryFolder(test);
const ledger = join(folder, 'ledger');
const VOLUME = 'vol-0a1b2c3d4e5f60718';
const OTHER = 'vol-0a1b2c3d4e5f60719';
const EVIL = 'a\u001b[31mb\nc';
const arn = (id: string) => `arn:aws:ec2:eu-west-1:111122223333:volume/${id}`;

const creation = (id: string, eventTime: string) =>
  sample('CreateVolume', { eventID: `create-${id}`, eventTime, responseElements: { volumeId: id } });
const tagging = (eventID: string, eventTime: string, key: string, value: string, userName = 'bob') =>
  sample('CreateTags', {
    eventID,
    eventTime,
    userIdentity: { type: 'IAMUser', arn: `arn:aws:iam::111122223333:user/${userName}`, userName },
    requestParameters: {
      resourcesSet: { items: [{ resourceId: VOLUME }] },
      tagSet: { items: [{ key, value }] },
    },
  });

test.before(async () => {
  const records = [
    creation(VOLUME, '2026-03-30T10:00:00Z'),
    creation(OTHER, '2026-03-31T10:00:00Z'),
    tagging('second', '2030-01-02T10:00:00Z', 'Stage', 'live'),
    tagging('first', '2030-01-01T10:00:00Z', 'Stage', EVIL, 'eve'),
  ];
  const file = join(folder, 'trail.json');
  writeFileSync(file, JSON.stringify(records));
  assert.is((await run(['ingest', '--simulate', file, '--ledger', ledger])).code, 0);
});

const changesOf = async (...args: readonly string[]) => {
  const { code, out, said } = await run(['changes', '--ledger', ledger, '--format', 'ndjson', ...args]);
  assert.is(code, 0, said);
  return linesOf<Change>(out);
};

test('changes come in the order in which they happened, with both times, who and why', async () => {
  const all = await changesOf();
  assert.equal(
    all.map((change) => [change.what, change.arn, change.by]),
    [
      ['created', arn(VOLUME), 'principal'],
      ['created', arn(OTHER), 'principal'],
      ['tagged', arn(VOLUME), 'tagledger'],
      ['tagged', arn(OTHER), 'tagledger'],
      ['tagged', arn(VOLUME), 'principal'],
      ['tagged', arn(VOLUME), 'principal'],
    ],
  );
  const change = all[4];
  assert.ok(change);
  assert.is(change.effectiveAt, '2030-01-01T10:00:00.000Z');
  assert.ok(change.recordedAt);
  assert.equal([change.who?.name, change.cause?.id, change.isLate], ['eve', 'first', true]);
  assert.equal(change.tags, [{ key: 'Stage', old: null, new: EVIL }]);
});

test('JSON repeats the times as they were used', async () => {
  const args = ['--from', '2026-03-30', '--to', '2026-03-30', '--known-at', '2020-01-01', '--format', 'json'];
  const { out } = await run(['changes', '--ledger', ledger, ...args]);
  assert.equal(withoutProvenance(out), {
    foldVersion: FOLD_VERSION,
    from: '2026-03-30T00:00:00.000Z',
    to: '2026-03-30T23:59:59.999Z',
    knownAt: '2020-01-01T23:59:59.999Z',
    horizon: { heardUntil: null, basis: 'inferred', isBeyond: true, silentAccounts: [] },
    changes: [],
  });
});

test('a period that ends after all that was heard of is unknown from there on, and says so', async () => {
  const args = ['changes', '--ledger', ledger, '--to', '2999-12-31'];
  const { code, said } = await run(args);
  assert.is(code, 4);
  assert.match(
    said,
    /^data until \S+Z: everything after is unknown\. Read newer .+, or ask about an earlier time\.$/m,
  );
  const { horizon } = JSON.parse((await run([...args, '--format', 'json'])).out);
  assert.is(horizon.isBeyond, true);
});

test('changes can be those of a time, a resource, a key, a principal', async () => {
  const counted = async (...args: readonly string[]) => (await changesOf(...args)).length;
  assert.is(await counted('--to', '2026-03-30'), 1);
  // These records say that they are of a time that is yet to come.
  const future = ['--from', '2030-01-01', '--to', '2030-01-01T12:00:00Z', '--format', 'ndjson'];
  const { code, out } = await run(['changes', '--ledger', ledger, ...future]);
  assert.equal([code, linesOf(out).length], [4, 1]);
  assert.is(await counted('--resource', OTHER), 2);
  assert.is(await counted('--resource', arn(OTHER), '--by', 'tagledger'), 1);
  assert.is(await counted('--key', 'Stage'), 2);
  assert.is(await counted('--by', 'eve'), 1);
  assert.is(await counted('--by', 'arn:aws:iam::111122223333:user/eve'), 1);
  assert.is(await counted('--by', 'nobody'), 0);
  const [owner] = await changesOf('--key', 'Owner', '--resource', VOLUME);
  assert.is(owner?.tags.length, 1);
});

test('text has a row for each key, and shows what is hostile as blanks', async () => {
  const { out } = await run(['changes', '--ledger', ledger, '--key', 'Stage']);
  assert.match(
    out,
    /^2030-01-01T10:00:00\.000Z .* late +vol-0a1b2c3d4e5f60718 +Stage +none +"a\S* ?.*" +eve +CreateTags first$/m,
  );
  assert.match(out, /Stage +"a.*c" +"live" +bob +CreateTags second$/m);
  assert.not.match(out, '\u001b');
  const nobody = await run(['changes', '--ledger', ledger, '--by', 'nobody', '--to', '2026-03-31']);
  assert.is(nobody.out, 'no changes\n');
  assert.match(
    nobody.said,
    /^No change matches --to 2026-03-31 --by nobody, as far as this ledger knew at \S+Z\.$/m,
  );
});

test('a timeline is drawn within its width, with a column for each moment and what happened', async () => {
  for (const width of ['40', '100', '200']) {
    const { code, out } = await run(['timeline', VOLUME, '--ledger', ledger, '--width', width]);
    assert.is(code, 0);
    const drawing = out.slice(out.indexOf('\n\n') + 2, out.indexOf('\n\n1  2026'));
    for (const line of drawing.split('\n')) assert.ok([...line].length <= Number(width), line);
    assert.match(out, /^Stage +├a/m);
    assert.match(out, /^1 +2026-03-30T10:00:00\.000Z +created by ada, because of CreateVolume create-vol/m);
    assert.match(out, /Stage by eve, because of CreateTags first; late, recorded /);
    assert.not.match(out, '\u001b');
  }
});

test('a timeline as JSON gives the intervals', async () => {
  const { out } = await run(['timeline', arn(VOLUME), '--ledger', ledger, '--format', 'json']);
  const { keys, bornAt, endedAt } = JSON.parse(out);
  assert.equal([bornAt, endedAt], ['2026-03-30T10:00:00.000Z', null]);
  assert.equal(keys.at(-1), {
    key: 'Stage',
    intervals: [
      { value: EVIL, from: '2030-01-01T10:00:00.000Z', to: '2030-01-02T10:00:00.000Z' },
      { value: 'live', from: '2030-01-02T10:00:00.000Z', to: null },
    ],
  });
});

test('both say the same of an export', async () => {
  const file = join(folder, 'all.ndjson.gz');
  assert.is((await run(['export', '--out', file, '--ledger', ledger])).code, 0);
  const knownAt = new Date().toISOString();
  for (const args of [['changes'], ['timeline', VOLUME]]) {
    const here = await run([...args, '--known-at', knownAt, '--ledger', ledger]);
    assert.is(here.code, 0);
    const { said, provenance, ...there } = await run([...args, '--known-at', knownAt, '--ledger', file]);
    const [unproven = '', ...rest] = said.split('\n');
    assert.equal({ ...there, said: rest.join('\n'), provenance: here.provenance }, here);
    assert.match(provenance, `answered from ${file} (simulated, SHA-256 `);
    assert.match(unproven, `UNPROVEN: this answer rests on ${file}`);
  }
});

test('wrong use is said in one sentence', async () => {
  const cases: readonly (readonly [args: readonly string[], code: number, words: string])[] = [
    [['changes', VOLUME], 2, 'takes no arguments'],
    [['changes', '--from', '2026-04-02', '--to', '2026-04-01'], 2, 'before --from'],
    [['changes', '--from', 'soon'], 2, 'The value "soon" of --from'],
    [['changes', '--resource', 'vol-0abc'], 4, 'does not know'],
    [['changes', '--resource', 'arn:aws:s3:::bucket'], 2, 'such as arn:aws:ec2'],
    [['timeline'], 2, 'needs RESOURCE'],
    [['timeline', VOLUME, '--width', '7'], 2, 'whole number'],
    [['timeline', VOLUME, '--known-at', '2020-01-01'], 4, 'does not know'],
  ];
  for (const [args, expected, words] of cases) {
    const { code, out, said } = await run([...args, '--ledger', ledger]);
    assert.is(code, expected, said);
    assert.is(out, '');
    assert.ok(said.includes(words), said);
    assert.is(said.trim().split('\n').length, 1);
  }
});

test.run();
