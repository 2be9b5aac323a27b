import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { POLICY_STREAM } from '../../../../src/events/ledger-stream.ts';
import { linesOf, run, temporaryFolder } from '../../../support/cli/command-line.ts';
import { sample } from '../../../support/cloudtrail/samples.ts';

const test = suite('tagledger policy');
const folder = temporaryFolder(test);
const ledger = join(folder, 'ledger');

const fileOf = (name: string, json: unknown): string => {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(json));
  return path;
};
const OWNER = fileOf('owner.json', { tagledger: 1, rules: [{ key: 'Owner' }] });
const APP = fileOf('app.json', { tagledger: 1, rules: [{ key: 'App', values: ['\u001b[31mred'] }] });
const WRONG = fileOf('wrong.json', { tagledger: 1, rules: [{ keys: 'Owner' }], rulez: [] });
const EXAMPLES = ['required-tags.json', 'tag-policy.json', 'config-required-tags.json'].map(
  (name) => `examples/${name}`,
);

test.before(async () => {
  const trail = fileOf('trail.json', [sample('CreateVolume', { eventID: 'made' })]);
  assert.is((await run(['ingest', '--simulate', trail, '--ledger', ledger])).code, 0);
});

test('check says of each rule what it asks and where it stands, of the examples as well', async () => {
  const { code, out, said } = await run(['policy', 'check', ...EXAMPLES]);
  assert.equal([code, said], [0, '']);
  assert.match(out, /^policy [\w-]{22}: 11 rules, 1 exemption, from 3 files\n/);
  assert.match(
    out,
    /^Owner:not-empty +examples\/required-tags\.json, rules\[0\]\.notEmpty +on every resource, the value/m,
  );
  assert.match(
    out,
    /^CostCenter:values +examples\/tag-policy\.json, tags\.costcenter\.tag_value +on every resource of the 92/m,
  );
  assert.match(
    out,
    /^exempt: vol-05de6656f1a159cb8 from the rules for Owner and CreatedBy, until 2026-04-30T23:59:59\.999Z, by tom/m,
  );
  assert.match(
    out,
    /^note: examples\/tag-policy\.json, tags\.owner\.report_required_tag_for: s3:bucket concerns no resource/m,
  );
});

test('check gives programs the same, as one object or as lines', async () => {
  const json = JSON.parse((await run(['policy', 'check', ...EXAMPLES, '--format', 'json'])).out);
  assert.equal([json.valid, json.files, json.rules.length, json.exemptions.length], [true, EXAMPLES, 11, 1]);
  assert.equal(Object.keys(json.rules[0]).sort(), ['id', 'key', 'says', 'source']);
  const lines = linesOf((await run(['policy', 'check', ...EXAMPLES, '--format', 'ndjson'])).out);
  const kinds = lines.map(({ kind }) => kind);
  assert.is(kinds[0], 'policy');
  for (const [kind, count] of [
    ['rule', 11],
    ['exemption', 1],
    ['note', json.notes.length],
  ] as const)
    assert.is(kinds.filter((one) => one === kind).length, count);
});

test('check says all that is wrong with all files, and ends with 1', async () => {
  const text = await run(['policy', 'check', WRONG, OWNER, WRONG]);
  assert.equal([text.code, text.said], [1, '']);
  assert.equal(text.out.split('\n').slice(0, 2), [
    `${WRONG}, rules[0].key: is missing`,
    `${WRONG}, rules[0].keys: is not a field that is known here: did you mean "key"?`,
  ]);
  assert.match(text.out, /\n6 problems: the policy cannot be used\n$/);
  const json = await run(['policy', 'check', WRONG, '--format', 'json']);
  assert.equal([json.code, JSON.parse(json.out).problems.length], [1, 3]);
});

test('a comma joins tag policies that are attached to the same', async () => {
  const key = (name: string, tagKey: string) =>
    fileOf(name, { tags: { team: { tag_key: { '@@assign': tagKey } } } });
  const [first, second] = [key('first.json', 'TEAM'), key('second.json', 'Team')];
  const rules = async (...files: readonly string[]) =>
    JSON.parse((await run(['policy', 'check', ...files, '--format', 'json'])).out).rules.map(
      ({ id }: { id: string }) => id,
    );
  assert.equal(await rules(`${first},${second}`), ['TEAM:case']);
  assert.equal(await rules(first, second), ['Team:case']);
});

test('what would move the cursor is no part of what check writes', async () => {
  assert.not((await run(['policy', 'check', APP])).out.includes('\u001b'));
});

test('record puts a policy into force once, and it is no resource', async () => {
  const record = (...args: readonly string[]) => run(['policy', 'record', ...args, '--ledger', ledger]);
  const before = (await run(['list', '--ledger', ledger])).out;
  const first = await record(OWNER, '--by', 'ada', '--from', '2026-03-01');
  assert.equal([first.code, first.said], [0, '']);
  assert.match(
    first.out,
    /^recorded the policy [\w-]{22}, in force from 2026-03-01T00:00:00\.000Z, by ada\n$/,
  );
  assert.match((await record(OWNER)).out, /is in force already: recorded nothing/);
  assert.is(JSON.parse((await record(OWNER, APP, '--format', 'json')).out).recorded, true);

  const events = linesOf(
    (await run(['history', POLICY_STREAM, '--format', 'ndjson', '--ledger', ledger])).out,
  );
  assert.equal(
    events.map(({ type }) => type),
    ['PolicyRecorded', 'PolicyRecorded'],
  );
  assert.equal(events[0]?.who, { name: 'ada', kind: 'Direct' });
  assert.match(
    (await run(['history', POLICY_STREAM, '--ledger', ledger])).out,
    /PolicyRecorded .*\n {2}who +ada\n[\s\S]+? {2}policy +[\w-]{22} from .*owner\.json$/m,
  );

  const verified = await run(['verify', '--ledger', ledger]);
  assert.is(verified.code, 0, verified.said);
  assert.match(verified.out, /^sealed +OK .*; 0 are not sealed yet$/m);

  assert.is((await run(['list', '--ledger', ledger])).out, before);
  assert.is((await run(['rebuild', '--check', '--ledger', ledger])).code, 0);
});

test('record refuses what check refuses, and records nothing', async () => {
  const ran = await run(['policy', 'record', WRONG, '--ledger', ledger]);
  assert.is(ran.code, 1);
  assert.match(ran.said, /The policy cannot be used: .*rules\[0\]\.key: is missing/);
});

test('wrong usage is said', async () => {
  for (const args of [
    [],
    ['check'],
    ['chek', OWNER],
    ['check', OWNER, '--by', 'ada'],
    ['record', OWNER, '--from', 'May'],
  ])
    assert.is((await run(['policy', ...args, '--ledger', ledger])).code, 2, args.join(' '));
  assert.match(
    (await run(['policy', 'check', join(folder, 'none.json')])).said,
    /There is no policy file .*none\.json\. Check the path/,
  );
});

test.run();
