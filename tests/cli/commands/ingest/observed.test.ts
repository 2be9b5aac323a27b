import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { run, temporaryFolder } from '../../../support/cli/command-line.ts';
import { contentsOf } from '../../../support/cli/contents.ts';
import { sample } from '../../../support/cloudtrail/samples.ts';

const test = suite('tagledger ingest into an observed ledger');
const folder = temporaryFolder(test);
const trail = join(folder, 'trail');
const ledger = join(folder, 'ledger');
const policy = join(folder, 'owner.json');
const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));

const volume = (n: number): string => `vol-0${String(n).padStart(16, '0')}`;
const instance = (n: number): string => `i-0${String(n).padStart(16, '0')}`;
const named = (resourceType: string, owner?: string) =>
  owner === undefined
    ? {}
    : {
        tagSpecificationSet: { items: [{ resourceType, tags: [{ key: 'Owner', value: owner }] }] },
      };
let calls = 0;
const call = (name: string, requestParameters: object, responseElements: object | null = { _return: true }) =>
  sample(name, {
    eventID: `call-${++calls}`,
    eventTime: `2026-03-30T10:00:${String(calls).padStart(2, '0')}Z`,
    requestParameters,
    responseElements,
  });
const createVolume = (n: number, owner?: string) =>
  call('CreateVolume', named('volume', owner), { volumeId: volume(n) });
const launch = (n: number, owner?: string) =>
  call('RunInstances', named('instance', owner), { instancesSet: { items: [{ instanceId: instance(n) }] } });
const tag = (name: 'CreateTags' | 'DeleteTags', id: string, ...tags: readonly object[]) =>
  call(name, { resourcesSet: { items: [{ resourceId: id }] }, tagSet: { items: tags } });
const OWNER = { key: 'Owner', value: 'ana' };

/** What happened, and what becomes of each resource under the policy that demands an Owner. */
const RECORDS = [
  createVolume(1, 'ana'), // compliant
  createVolume(2), // tagged later: compliant
  createVolume(3), // never tagged: violating
  createVolume(4, 'ana'), // its tag is removed: violating
  createVolume(5), // deleted: not counted
  launch(1, 'bob'), // compliant; its volumes are named by no record
  launch(2), // violating
  tag('CreateTags', volume(2), OWNER),
  tag('DeleteTags', volume(4), { key: 'Owner' }),
  call('DeleteVolume', { volumeId: volume(5) }),
  tag('CreateTags', volume(6), { key: 'Team', value: 'shop' }), // made before the trail: unknown
  call('DescribeVolumes', {}, null),
];

test.before(async () => {
  mkdirSync(trail);
  writeFileSync(join(trail, 'a.json.gz'), gzipSync(JSON.stringify({ Records: RECORDS.slice(0, 4) })));
  writeFileSync(join(trail, 'b.json'), JSON.stringify({ Records: RECORDS.slice(4, 9) }));
  writeFileSync(
    join(trail, 'c.ndjson'),
    RECORDS.slice(9)
      .map((one) => JSON.stringify(one))
      .join('\n'),
  );
  writeFileSync(policy, JSON.stringify({ tagledger: 1, rules: [{ key: 'Owner', notEmpty: true }] }));
});

const files = () => ['a.json.gz', 'b.json', 'c.ndjson'].map((name) => join(trail, name));

test('the evaluator’s walk: compliance counts what the records tell, and nothing was requested or applied', async () => {
  const ingested = await run(['ingest', ...files(), '--ledger', ledger]);
  assert.is(ingested.code, 0, ingested.said);
  assert.match(ingested.out, /^appended +11 +10 TagObserved, 1 ResourceRetired$/m);
  assert.is(
    ingested.said,
    `${ledger} is an observed ledger: what the records tell was recorded, and no tag was requested\n`,
  );

  const { events, views } = await contentsOf(ledger);
  assert.equal([...new Set(events.map(({ event }) => event.type))].sort(), [
    'CoverageRecorded',
    'ResourceRetired',
    'TagObserved',
  ]);
  assert.is(views.length, 8, 'no child was invented');

  const asked = ['compliance', '--policy', policy, '--ledger', ledger];
  const { code, out } = await run([...asked, '--format', 'json']);
  assert.is(code, 0);
  const { compliant, violating, exempt, unknown } = JSON.parse(out).resources;
  assert.equal(
    { compliant, violating, exempt, unknown },
    { compliant: 3, violating: 3, exempt: 0, unknown: 1 },
  );
});

test('doctor finds nothing wrong with the ledger just made: it is sealed, and its mode is said', async () => {
  const { code, out } = await run(['doctor', '--ledger', ledger, '--format', 'json']);
  const diagnoses: { check: string; verdict: string; says: string }[] = JSON.parse(out);
  assert.equal(
    diagnoses.filter(({ verdict }) => verdict !== 'ok'),
    [],
  );
  assert.is(code, 0);
  const says = (check: string) => diagnoses.find((one) => one.check === check)?.says ?? '';
  assert.match(says('seal'), /^13 events are sealed, 0 are not$/);
  assert.match(says('mode'), /^observed: /);
});

test('the same files again append nothing and leave every row as it is', async () => {
  const before = await contentsOf(ledger);
  assert.match((await run(['ingest', ...files(), '--ledger', ledger])).out, /^appended +0$/m);
  assert.equal(await contentsOf(ledger), before);
});

test('later records are sealed, too', async () => {
  const more = join(trail, 'more.json');
  writeFileSync(more, JSON.stringify([createVolume(7)]));
  assert.is((await run(['ingest', more, '--ledger', ledger])).code, 0);
  const verified = await run(['verify', '--key', join(ledger, 'seal.vkey'), '--ledger', ledger]);
  assert.is(verified.code, 0, verified.out);
});

test('rules in the environment request nothing, which is said', async () => {
  const own = join(folder, 'with-rules');
  const env = { TAG_RULES: '{"Owner":"{who.name}"}' };
  const { said } = await run(['ingest', ...files(), '--ledger', own], env);
  assert.match(said, 'no tag was requested; TAG_RULES is not used\n');
  const { events } = await contentsOf(own);
  assert.is(events.filter(({ event }) => event.type === 'TagRequested').length, 0);
  assert.not.match(readFileSync(join(own, 'tagledger.json'), 'utf8'), 'TAG_RULES');
});

test('a direct call asks for tags, so it is not recorded', async () => {
  const calls = join(folder, 'calls.ndjson');
  const arn = `arn:aws:ec2:eu-west-1:111122223333:volume/${volume(1)}`;
  writeFileSync(calls, JSON.stringify({ resourceId: arn, user: 'ana', tags: { Team: 'shop' } }));
  const { code, out } = await run(['ingest', calls, '--ledger', join(folder, 'direct')]);
  assert.is(code, 0);
  assert.match(out, /^ +1 +requests for tags, which a ledger that only observes does not record$/m);
});

test('why says that a creation was only observed', async () => {
  const { out } = await run(['why', volume(3), '--ledger', ledger]);
  assert.match(out, `${volume(3)} has no request for tags: its creation was only observed\n`);
});

test('--simulate is refused for an observed ledger', async () => {
  const { code, said } = await run(['ingest', ...files(), '--simulate', '--ledger', ledger]);
  assert.is(code, 2);
  assert.is(
    said,
    `tagledger: ${ledger} is an observed ledger, and a ledger never changes its mode. Leave out --simulate, or name a new folder with --ledger.\n`,
  );
});

test('no AWS client is loaded', async () => {
  const own = join(folder, 'light');
  const args = JSON.stringify(['ingest', ...files(), '--ledger', own]);
  const script = `
    import { createRequire } from 'node:module';
    import { main } from ${JSON.stringify(join(ROOT, 'src/cli/main.ts'))};
    import { PLAIN_TEXT } from ${JSON.stringify(join(ROOT, 'src/cli/text-style.ts'))};
    const console = { stdout() {}, stderr() {}, progress() {}, style: PLAIN_TEXT };
    const code = await main(${args}, {}, () => console);
    const loaded = Object.keys(createRequire(import.meta.url).cache);
    process.stdout.write(JSON.stringify({ code, loaded }));`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', script],
    { cwd: ROOT, maxBuffer: 1 << 26 },
  );
  const { code, loaded } = JSON.parse(stdout) as { code: number; loaded: readonly string[] };
  assert.is(code, 0);
  assert.ok(
    loaded.some((file) => file.includes('@photostructure/sqlite')),
    'loaded modules are listed',
  );
  assert.equal(
    loaded.filter((file) => file.includes('@aws-sdk/client-')),
    [],
  );
});

test.run();
