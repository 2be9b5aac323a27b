import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  COUNTED,
  GROUPS,
  INSTANCES,
  idOf,
  PLACE,
  SNAPSHOTS,
  TAKEN_AT,
  TRAIL,
  VOLUMES,
} from '../../../support/cli/baseline-account.ts';
import { linesOf, run, temporaryFolder } from '../../../support/cli/command-line.ts';
import { sample } from '../../../support/cloudtrail/samples.ts';

const test = suite('tagledger baseline FILE');
const folder = temporaryFolder(test);
const at = (name: string): string => join(folder, name);
const write = (name: string, ...answers: readonly object[]): string => {
  writeFileSync(at(name), answers.map((one) => JSON.stringify(one, null, 4)).join('\n'));
  return at(name);
};

const FILES = [
  write('instances.json', INSTANCES),
  write('volumes-and-snapshots.json', VOLUMES, SNAPSHOTS),
  at('groups.json.gz'),
];
writeFileSync(at('groups.json.gz'), gzipSync(JSON.stringify(GROUPS)));
const POLICY = write('policy.json', { tagledger: 1, rules: [{ key: 'Owner', notEmpty: true }] });
const RECORDS = write('trail.json', { Records: TRAIL });

const taken = ['--taken-at', TAKEN_AT, ...PLACE] as const;
const baseline = (ledger: string, ...more: readonly string[]) =>
  run(['baseline', ...FILES, ...taken, '--ledger', at(ledger), ...more]);
const ingest = (ledger: string, file = RECORDS) =>
  run(['ingest', file, '--ledger', at(ledger), '--rejects', at('rejects')]);
const json = async (...args: readonly string[]) => JSON.parse((await run([...args, '-o', 'json'])).out);

const complianceAt = async (ledger: string, moment: string) =>
  json('compliance', '--policy', POLICY, '--as-of', moment, '--ledger', at(ledger));

test.before(async () => {
  mkdirSync(at('empty'));
  assert.is((await baseline('first')).code, 0);
  assert.is((await ingest('first')).code, 0);
  assert.is((await ingest('last')).code, 0);
  // vol-6 is in no baseline, because it was created later; nothing contradicts the ledger.
  assert.is((await baseline('last')).code, 0);
});

for (const [moment, compliant, violating, unknown] of COUNTED) {
  test(`the auditor's numbers at ${moment} are those of a hand count, whichever was read first`, async () => {
    for (const ledger of ['first', 'last']) {
      const { resources } = await complianceAt(ledger, moment);
      assert.equal(resources, { compliant, violating, exempt: 0, unknown }, ledger);
    }
  });
}

test('the order of a baseline and a trail changes no finding', async () => {
  for (const [moment] of COUNTED) {
    const [a, b] = await Promise.all(['first', 'last'].map((ledger) => complianceAt(ledger, moment)));
    const findings = (answer: { findings: readonly object[] }) =>
      answer.findings.map((one) => ({ ...one, knownAt: undefined }));
    assert.equal(findings(a), findings(b), moment);
  }
});

test('it says what was shown, what was known, and what was left out', async () => {
  const { out, code } = await baseline('said', '-o', 'json');
  assert.is(code, 0);
  const { foldVersion: _, ...result } = JSON.parse(out);
  assert.equal(result, {
    takenAt: TAKEN_AT,
    shown: 12,
    appended: 12,
    alreadyThere: 0,
    known: { new: 12, same: 0, different: 0, ended: 0 },
    skipped: [{ what: 'instance that is terminated', count: 1 }],
    ended: [],
    absent: [],
    failed: [],
  });
});

test('the same files again append nothing', async () => {
  assert.is((await baseline('twice')).code, 0);
  const again = JSON.parse((await baseline('twice', '-o', 'json')).out);
  assert.equal([again.appended, again.alreadyThere, again.known.same], [0, 12, 12]);
});

test('without a trail, the moment of the baseline is the newest of which the ledger has heard', async () => {
  assert.is((await baseline('alone')).code, 0);
  const { asOf, resources } = await json('compliance', '--policy', POLICY, '--ledger', at('alone'));
  assert.is(asOf, TAKEN_AT);
  assert.equal(resources, { compliant: 5, violating: 7, exempt: 0, unknown: 0 });
});

test('a resource that a baseline shows without a tag is not selected by that tag', async () => {
  const owned = ['--tag', 'Owner=ana', '--ledger', at('alone')];
  const { resources } = await json('compliance', '--policy', POLICY, ...owned);
  assert.equal(resources, { compliant: 4, violating: 0, exempt: 0, unknown: 0 });
  assert.is(linesOf((await run(['list', ...owned, '-o', 'ndjson'])).out).length, 4);
  const missing = await run(['list', '--missing', 'Owner', '--type', 'snapshot', '--ledger', at('alone')]);
  assert.not.match(missing.said, /was not recorded/);
});

test('in a grace period after the baseline, a violation is not known to be one', async () => {
  const policy = write('grace.json', {
    tagledger: 1,
    grace: '10m',
    rules: [{ key: 'Owner', notEmpty: true }],
  });
  const at = async (asOf: string) =>
    (await json('compliance', '--policy', policy, '--as-of', asOf, '--ledger', join(folder, 'alone')))
      .resources;
  const exempt = 0;
  assert.equal(await at('2026-03-31T09:09Z'), { compliant: 5, violating: 0, exempt, unknown: 7 });
  assert.equal(await at('2026-03-31T09:10Z'), { compliant: 5, violating: 7, exempt, unknown: 0 });
});

test('before the baseline, a resource that it shows is unknown', async () => {
  const view = await json('state', idOf('vol', 2), '--as-of', '2026-03-31T08:59Z', '--ledger', at('first'));
  assert.is(view.standing, 'unknown');
  assert.is(view.foundAt, TAKEN_AT);
});

test('state, history, why and timeline say when a baseline first showed it', async () => {
  const of = (command: string, ...more: readonly string[]) =>
    run([command, idOf('vol', 4), ...more, '--ledger', at('first')]);
  const state = await of('state');
  assert.match(state.out, /created at +unknown: its creation was not recorded/);
  assert.match(state.out, /first seen +2026-03-31T09:00:00\.000Z, by a baseline: it existed then/);
  assert.match((await of('history')).out, /baseline 2026-03-31T09:00:00\.000Z[\s\S]*existed with Team=shop/);
  const why = await of('why');
  assert.match(why.out, /its creation was not recorded, and a baseline showed it first at 2026-03-31T09:00/);
  assert.match(
    why.out,
    /Owner +removed by nobody who is known: baseline 2026-03-31T09:00:00\.000Z showed it/,
  );
  const timeline = await of('timeline');
  assert.match(timeline.out, /not all tags that it had before 2026-03-31T09:00:00\.000Z are known/);
  assert.match(timeline.out, /found with Owner removed, Team, because of baseline/);
  const [found] = linesOf(
    (await run(['changes', '--resource', idOf('vol', 3), '--ledger', at('first'), '-o', 'ndjson'])).out,
  );
  assert.equal([found?.what, found?.who], ['found', null]);
});

test('a creation that is read afterwards is known, and so is who created it', async () => {
  assert.is((await baseline('late')).code, 0);
  const creation = sample('CreateSnapshot', {
    eventTime: '2026-03-29T08:00:00Z',
    requestParameters: { volumeId: idOf('vol', 1) },
    responseElements: { snapshotId: idOf('snap', 2), volumeId: idOf('vol', 1) },
  });
  assert.is((await ingest('late', write('creation.json', { Records: [creation] }))).code, 0);
  const view = await json('state', idOf('snap', 2), '--ledger', at('late'));
  assert.is(view.createdAt, '2026-03-29T08:00:00.000Z');
  assert.ok(view.createdBy.name);
  assert.is(view.foundAt, undefined);
});

test('what exists by the ledger and is not shown is named, and not ended', async () => {
  const ledger = at('absent');
  const creation = sample('CreateVolume', {
    eventTime: '2026-03-31T08:00:00Z',
    requestParameters: {},
    responseElements: { volumeId: idOf('vol', 7) },
  });
  // What was created a few minutes before may not be shown yet.
  const fresh = {
    ...creation,
    eventID: 'fresh',
    eventTime: '2026-03-31T08:55:00Z',
    responseElements: { volumeId: idOf('vol', 8) },
  };
  assert.is((await ingest('absent', write('absent.json', { Records: [creation, fresh] }))).code, 0);
  const { out, said, code } = await baseline('absent', '-o', 'json');
  assert.is(code, 3);
  assert.equal(
    JSON.parse(out).absent.map(({ id, knownSince }: Record<string, unknown>) => [id, knownSince]),
    [[idOf('vol', 7), '2026-03-31T08:00:00.000Z']],
  );
  assert.match(said, /heard of account 111122223333 only until 2026-03-31T08:55:00\.000Z/);
  assert.is((await json('state', idOf('vol', 7), '--ledger', ledger)).retiredAt, null);
  // Without a list of volumes, nothing is missing.
  const groups = await run(['baseline', at('groups.json.gz'), ...taken, '--ledger', ledger]);
  assert.is(groups.code, 0);
});

test('what had ended by the ledger and is shown later is a finding, and stays ended', async () => {
  const end = sample('DeleteVolume', {
    eventTime: '2026-03-31T07:00:00Z',
    requestParameters: { volumeId: idOf('vol', 1) },
    responseElements: { _return: true },
  });
  assert.is((await ingest('ended', write('end.json', { Records: [end] }))).code, 0);
  const { out, code } = await baseline('ended');
  assert.is(code, 3);
  assert.match(out, /had ended, by the ledger:\n.*volume\/vol-00000000000000001/);
  const { retiredAt } = await json('state', idOf('vol', 1), '--ledger', at('ended'));
  assert.is(retiredAt, '2026-03-31T07:00:00.000Z');
});

test('describe-tags shows what has a tag, and does not show what has none', async () => {
  const lines = [
    { Key: 'Owner', ResourceId: idOf('vol', 1), ResourceType: 'volume', Value: 'ana' },
    { Key: 'Team', ResourceId: idOf('vol', 1), ResourceType: 'volume', Value: 'shop' },
    {
      Key: 'aws:cloudformation:stack-name',
      ResourceId: idOf('nat', 1),
      ResourceType: 'natgateway',
      Value: 'x',
    },
  ];
  const file = write('tags.json', { Tags: lines });
  assert.is((await run(['baseline', file, ...taken, '--ledger', at('tags')])).code, 0);
  const { tags } = await json('state', idOf('vol', 1), '--ledger', at('tags'));
  assert.equal(tags, [
    { key: 'Owner', value: 'ana' },
    { key: 'Team', value: 'shop' },
  ]);
  assert.equal((await json('state', idOf('nat', 1), '--ledger', at('tags'))).tags, []);
});

for (const [what, args, code, said] of [
  ['no file', [...taken], 2, /Nothing was named that shows what exists/],
  ['files and the account', ['f.json', '--ask-account'], 2, /do not go together/],
  [
    'no time',
    [at('volumes-and-snapshots.json'), ...PLACE],
    2,
    /do not say when they were taken.*last written at 2026-03-31T12:00/,
  ],
  ['a date', [FILES[0] ?? '', '--taken-at', '2026-03-31', ...PLACE], 2, /has no time of day/],
  ['a time to come', [FILES[0] ?? '', '--taken-at', '2999-01-01T00:00Z', ...PLACE], 2, /in the future/],
  ['two Regions', [FILES[0] ?? '', ...taken, '--region', 'us-east-1'], 2, /given more than once/],
  [
    'no account',
    [FILES[2] ?? '', '--taken-at', TAKEN_AT, '--region', 'eu-west-1'],
    2,
    /does not tell the account that it is from\. Pass --account ID/,
  ],
  [
    'neither account nor Region',
    [FILES[2] ?? '', '--taken-at', TAKEN_AT],
    2,
    /the account and Region .* Pass --account ID and --region NAME/,
  ],
  ['no JSON', ['README.md', ...taken], 1, /README\.md cannot be read .*--output json/],
  ['a file that is not there', [at('nowhere.json'), ...taken], 1, /nowhere\.json cannot be read/],
  ['an answer of another kind', [RECORDS, ...taken], 4, /No resource is shown/],
] as const) {
  test(`${what} is said with a remedy, and makes no ledger`, async () => {
    const when = new Date('2026-03-31T12:00:00Z');
    utimesSync(at('volumes-and-snapshots.json'), when, when);
    const ran = await run(['baseline', ...args, '--ledger', at('none')]);
    assert.match(ran.said, said);
    assert.is(ran.code, code);
    assert.is((await run(['list', '--ledger', at('none')])).code, 1);
  });
}

test('instances tell whose they are and where, so nothing needs to be said', async () => {
  const ran = await run(['baseline', FILES[0] ?? '', '--taken-at', TAKEN_AT, '--ledger', at('plain')]);
  assert.is(ran.code, 0, ran.said);
});

test('what belongs to another account or Region than the one that was given is left out', async () => {
  const args = ['--taken-at', TAKEN_AT, '--account', '444455556666', '--region', 'us-east-1'];
  const { out, code } = await run(['baseline', ...FILES, ...args, '--ledger', at('other'), '-o', 'json']);
  assert.is(code, 4);
  assert.equal(JSON.parse(out).shown, 0);
});

test('a simulated ledger is refused', async () => {
  assert.is((await run(['demo', '--ledger', at('demo')])).code, 0);
  const ran = await baseline('demo');
  assert.is(ran.code, 2);
  assert.match(ran.said, /is a simulated ledger/);
});

test('a ledger in AWS that writes format 1 is refused before it is asked', async () => {
  const ran = await run(['baseline', ...FILES, ...taken, '--ledger', 'dynamodb:ledger,state']);
  assert.is(ran.code, 1);
  assert.match(ran.said, /Set EVENT_FORMAT to 2/);
});

test('its events verify, its rows are those of the ledger, and its export answers the same', async () => {
  const ledger = ['--ledger', at('first')];
  for (const command of [['verify'], ['rebuild', '--check'], ['archive', 'check'], ['doctor']])
    assert.is((await run([...command, ...ledger])).code === 0, true, command.join(' '));
  assert.is((await run(['export', '--out', at('all.ndjson.gz'), ...ledger])).code, 0);
  for (const [moment] of COUNTED) {
    const fromFile = await json(
      'compliance',
      '--policy',
      POLICY,
      '--as-of',
      moment,
      '--ledger',
      at('all.ndjson.gz'),
    );
    assert.equal(fromFile.resources, (await complianceAt('first', moment)).resources);
  }
});

test.run();
