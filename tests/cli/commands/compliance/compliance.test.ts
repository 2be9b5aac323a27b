import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as v from 'valibot';
import type { ComplianceAnswer } from '../../../../src/compliance/answer.ts';
import type { FindingView } from '../../../../src/compliance/finding-view.ts';
import type { TimeSeriesPoint } from '../../../../src/compliance/time-series.ts';
import { withFoldVersion } from '../../../../src/events/resource.ts';
import { linesOf, type Ran, run, withoutProvenance } from '../../../support/cli/command-line.ts';
import { BatchSchema } from '../../../support/compliance/asff-schema.ts';
import { problemsIn } from '../../../support/compliance/ocsf-schema.ts';

const test = suite('tagledger compliance, over the ledger of the demo');

const folder = mkdtempSync(join(tmpdir(), 'tagledger-compliance-'));
const ledger = join(folder, 'demo');
test.after(() => rmSync(folder, { recursive: true, force: true }));

test.before(async () => {
  assert.is((await run(['demo', '--ledger', ledger])).code, 0);
});

const POLICY = ['--policy', 'examples/required-tags.json'];
const INSIDE = '2026-03-30T15:00Z';

const ask = (...args: readonly string[]): Promise<Ran> => run(['compliance', '--ledger', ledger, ...args]);
const answerTo = async (...args: readonly string[]): Promise<ComplianceAnswer> => {
  const { code, out, said } = await ask(...POLICY, ...args, '--format', 'json');
  assert.is(code, 0, said);
  return withoutProvenance(out) as ComplianceAnswer;
};
const totalOf = ({ resources }: ComplianceAnswer) => Object.values(resources).reduce((sum, n) => sum + n, 0);

test('answers for a moment inside the demo, and repeats both instants', async () => {
  const answer = await answerTo('--as-of', INSIDE, '--known-at', '2026-04-01');
  assert.equal([answer.asOf, answer.knownAt], ['2026-03-30T15:00:00.000Z', '2026-04-01T23:59:59.999Z']);
  assert.is(answer.beforeLedger, false);
  assert.equal(answer.resources, { compliant: 93, violating: 46, exempt: 1, unknown: 0 });
  const canary = answer.findings.find(
    ({ rule, status }) => rule === 'Environment:values' && status === 'violating',
  );
  assert.equal(
    [canary?.value, canary?.creator, canary?.creatorConfidence],
    ['canary', 'gh-actions-4711', 'role-session'],
  );
});

test('the same question as it was known before late records arrived gives the earlier answer', async () => {
  const early = await answerTo('--as-of', INSIDE, '--known-at', '2026-03-30T15:02Z');
  assert.equal(early.resources, { compliant: 92, violating: 2, exempt: 0, unknown: 0 });
  const late = await answerTo('--as-of', INSIDE, '--known-at', '2026-04-01');
  assert.ok(totalOf(early) < totalOf(late));
});

test('a date is the end of that day in UTC', async () => {
  const day = await answerTo('--as-of', '2026-03-30', '--known-at', '2026-04-01');
  const instant = await answerTo('--as-of', '2026-03-30T23:59:59.999Z', '--known-at', '2026-04-01');
  assert.equal(day, instant);
});

test('of the day on which the ledger last heard of AWS, a date is the moment until which it did', async () => {
  const day = await answerTo('--as-of', '2026-03-31');
  assert.is(day.asOf, day.horizon.heardUntil);
  assert.equal(day, { ...(await answerTo()), knownAt: day.knownAt, findings: day.findings });
  const { code, out } = await ask(...POLICY, '--from', '2026-03-30', '--to', '2026-03-31');
  assert.is(code, 0);
  assert.match(out, new RegExp(`^${day.asOf} `, 'm'));
});

test('beyond the horizon everything is unknown, which is said, with an exit code of its own', async () => {
  for (const args of [
    ['--as-of', '2026-03-31T23:59:59.999Z'],
    ['--as-of', '2026-10-01'],
    ['--from', '2026-09-30', '--to', '2026-10-01'],
  ]) {
    const { code, out, said } = await ask(...POLICY, ...args);
    assert.is(code, 4);
    assert.match(
      out + said,
      /^data until +2026-03-31T18:58:18\.773Z: everything after is unknown\. Read newer .+, or ask about an earlier time\.$/m,
    );
  }
  const { out } = await ask(...POLICY, '--as-of', '2026-10-01', '--format', 'json');
  const { resources, findings } = JSON.parse(out);
  assert.equal([resources.compliant, resources.violating, resources.exempt], [0, 0, 0]);
  assert.ok(resources.unknown > 200);
  assert.match(findings[0].reason, 'the ledger has data from AWS only until 2026-03-31T18:58:18.773Z');
});

test('before the ledger began everything is unknown, which is said, and no --fail-on takes it for compliance', async () => {
  const answer = await answerTo('--as-of', '2026-03-01');
  assert.equal([answer.beforeLedger, totalOf(answer), answer.findings], [true, 0, []]);
  for (const level of ['unknown', 'violating']) {
    const { code, out } = await ask(...POLICY, '--as-of', '2026-03-01', '--fail-on', level);
    assert.is(code, 4);
    assert.match(out, 'everything before is unknown');
  }
});

test('--fail-on ends with 3 when something violates, and with 0 when nothing does', async () => {
  assert.is((await ask(...POLICY, '--as-of', INSIDE, '--fail-on', 'violating')).code, 3);
  const compliant = await ask(...POLICY, '--as-of', INSIDE, '--type', 'vpc', '--fail-on', 'unknown');
  assert.equal([compliant.code, compliant.said], [0, '']);
});

test('a selection that no resource matches is said, and is no compliance under --fail-on', async () => {
  const nobody = [...POLICY, '--as-of', INSIDE, '--type', 'vpc', '--creator', 'nobody'];
  const overTime = [...nobody.slice(0, 2), '--from', INSIDE, '--to', INSIDE, '--creator', 'nobody'];
  for (const args of [nobody, overTime]) {
    const { code, said } = await ask(...args);
    assert.is(code, 0);
    assert.match(
      said,
      /^No resource matches (?:--type vpc )?--creator nobody: the ledger knows none of this kind that existed at 2026-03-30T15:00:00\.000Z and that a rule of the policy covers\.$/m,
    );
    for (const level of ['violating', 'unknown'])
      assert.is((await ask(...args, '--fail-on', level)).code, 4, level);
  }
});

test('a selection is a part of the fleet', async () => {
  const totals: number[] = [];
  for (const selection of [[], ['--account', '111122223333'], ['--account', '444455556666']]) {
    totals.push(totalOf(await answerTo('--as-of', INSIDE, '--known-at', '2026-04-01', ...selection)));
  }
  const [all, one = 0, other = 0] = totals;
  assert.ok(one > 0 && other > 0);
  assert.is(one + other, all);
});

test('a limit leaves out findings, and counts every resource', async () => {
  const all = await answerTo('--as-of', INSIDE);
  const few = await answerTo('--as-of', INSIDE, '--limit', '3');
  assert.equal(few.resources, all.resources);
  const idsOf = ({ findings }: ComplianceAnswer) => findings.map(({ id }) => id);
  assert.equal(idsOf(few), idsOf(all).slice(0, 3));
  for (const format of ['ndjson', 'csv']) {
    const { out } = await ask(...POLICY, '--as-of', INSIDE, '--limit', '3', '-o', format);
    assert.is(out.trim().split('\n').length, format === 'csv' ? 4 : 3);
  }
  assert.match((await ask(...POLICY, '--as-of', INSIDE, '--limit', '3')).out, /\nand \d+ more findings: /);
});

test('findings are sorted before the limit, in every format', async () => {
  const all = await answerTo('--as-of', INSIDE);
  const last = all.findings.map(({ rule, resource }) => `${rule} ${resource}`);
  const rules = all.findings.map(({ rule }) => rule).sort();
  const sorted = ['--as-of', INSIDE, '--sort', '-rule', '--limit', '2'];
  assert.ok(new Set(rules).size > 1 && last.length > 2);
  const answer = await answerTo(...sorted);
  assert.equal(
    answer.findings.map(({ rule }) => rule),
    rules.slice(-2).reverse(),
  );
  assert.equal(answer.resources, all.resources);
  const lines = linesOf((await ask(...POLICY, ...sorted, '-o', 'ndjson')).out);
  assert.equal(
    lines.map(({ id }) => id),
    answer.findings.map(({ id }) => id),
  );
});

test('columns of findings are chosen for text and CSV', async () => {
  const columns = [...POLICY, '--as-of', INSIDE, '--limit', '1', '--columns', 'resource,key,creatorArn'];
  assert.match((await ask(...columns)).out, /\nresource +key +creatorArn\n/);
  const { out } = await ask(...columns, '-o', 'csv');
  assert.match(out, /^"resource","key","creatorArn"\r\n"arn:aws:ec2:[^"]+","[^"]+","[^"]*"\r\n$/);
});

test('options that list findings are wrong usage over time', async () => {
  const { code, said } = await ask(
    ...[...POLICY, '--from', INSIDE, '--to', INSIDE, '--limit', '3', '--sort', 'rule'],
  );
  assert.is(code, 2);
  assert.match(said, 'Compliance over time lists no findings. Leave out --limit and --sort, or ask');
});

test('--owner and --by owner still mean the creator, and say what to type', async () => {
  const now = await ask(
    ...POLICY,
    '--as-of',
    INSIDE,
    '--creator',
    'gh-actions-4711',
    '--group-by',
    'creator',
  );
  const before = await ask(...POLICY, '--as-of', INSIDE, '--owner', 'gh-actions-4711', '--by', 'owner');
  const without = ({ out }: Ran) => out.replace(/^known at .*$/m, '');
  assert.is(without(before), without(now));
  assert.match(now.out, /^creator +compliant /m);
  assert.equal([now.said, before.said.split('\n').length], ['', 4]);
  for (const [old, present] of [
    ['--owner', '--creator'],
    ['--by', '--group-by'],
    ['--group-by owner', '--group-by creator'],
  ])
    assert.match(before.said, `note: ${old} is called ${present} now.`);
});

test('groups add up to the fleet, whatever they are', async () => {
  for (const by of ['creator', 'account', 'region', 'type']) {
    const answer = await answerTo('--as-of', INSIDE, '--known-at', '2026-04-01', '--by', by);
    const sum = answer.groups.reduce((n, { violating }) => n + violating, 0);
    assert.is(sum, answer.resources.violating, by);
  }
});

test('json, ndjson and csv list the same findings', async () => {
  const when = ['--as-of', INSIDE, '--known-at', '2026-04-01'];
  const { findings } = await answerTo(...when);
  assert.ok(findings.every(({ status }) => status !== 'compliant'));
  const ndjson = await ask(...POLICY, ...when, '--format', 'ndjson');
  assert.equal(linesOf<FindingView>(ndjson.out), findings.map(withFoldVersion));
  assert.match(
    ndjson.said,
    'as of 2026-03-30T15:00:00.000Z, known at 2026-04-01T23:59:59.999Z: 93 compliant',
  );
  const csv = (await ask(...POLICY, ...when, '--format', 'csv')).out.split('\r\n');
  assert.is(csv.length, findings.length + 2);
  assert.is(csv.at(-1), '');
  assert.match(csv[0] ?? '', /^"status","resource",/);
});

test('--status says which findings are listed, and changes no count', async () => {
  const all = await answerTo('--as-of', INSIDE, '--status', 'compliant', '--status', 'violating');
  assert.equal([...new Set(all.findings.map(({ status }) => status))].sort(), ['compliant', 'violating']);
  assert.equal(all.resources, (await answerTo('--as-of', INSIDE)).resources);
});

test('what the demo finds is valid as OCSF and as ASFF, compliant findings included', async () => {
  const ocsf = linesOf((await ask(...POLICY, '--format', 'ocsf')).out);
  assert.ok(ocsf.length > 100);
  assert.ok(
    ocsf.every((event) => (event.unmapped as { simulated?: true }).simulated),
    'the ledger is simulated',
  );
  assert.equal(
    ocsf.flatMap((event) => problemsIn(event)),
    [],
  );
  const batches = linesOf((await ask(...POLICY, '--format', 'asff')).out);
  for (const batch of batches) v.assert(BatchSchema, batch);
  const counted = batches.reduce((n, { Findings }) => n + (Findings as unknown[]).length, 0);
  assert.is(counted, ocsf.length);
  assert.match(JSON.stringify(batches[0]), '"tagledger/simulated":"true"');
});

test('OCSF tells new findings from updates of an earlier answer', async () => {
  const earlier = linesOf((await ask(...POLICY, '--as-of', INSIDE, '-o', 'ocsf')).out);
  assert.ok(earlier.every(({ activity_id, type_uid }) => activity_id === 1 && type_uid === 200301));
  const later = linesOf((await ask(...POLICY, '-o', 'ocsf', '--update-of', INSIDE)).out);
  assert.equal(
    later.flatMap((event) => problemsIn(event)),
    [],
  );
  const uidOf = (event: Record<string, unknown>) => (event.finding_info as { uid: string }).uid;
  const had = new Set(earlier.map(uidOf));
  const updates = later.filter(({ activity_id }) => activity_id === 2);
  assert.ok(updates.length > 0 && updates.length < later.length);
  for (const event of later) assert.is(event.activity_id === 2, had.has(uidOf(event)), JSON.stringify(event));
  const { code, said } = await ask(...POLICY, '--update-of', INSIDE);
  assert.equal([code, said.includes('--update-of is for -o ocsf')], [2, true]);
});

test('text is for a terminal: counts, groups and findings', async () => {
  const { out, said } = await ask(...POLICY, '--as-of', INSIDE, '--known-at', '2026-04-01');
  assert.is(said, '');
  assert.match(out, /^as of +2026-03-30T15:00:00\.000Z$/m);
  assert.match(out, /^resources +93 compliant, 46 violating, 1 exempt, 0 unknown$/m);
  assert.match(
    out,
    /^violating +Environment:values +i-031f7fc5ee54c269b .* gh-actions-4711 \(role-session\) /m,
  );
});

test('a course has a line for each step, in each format', async () => {
  const course = ['--from', '2026-03-30T08:00Z', '--to', '2026-03-31T20:00Z', '--step', '12h'];
  const { points } = JSON.parse((await ask(...POLICY, ...course, '--format', 'json')).out);
  assert.equal(
    points.map(({ asOf }: { asOf: string }) => asOf),
    [
      '2026-03-30T08:00:00.000Z',
      '2026-03-30T20:00:00.000Z',
      '2026-03-31T08:00:00.000Z',
      '2026-03-31T20:00:00.000Z',
    ],
  );
  const ndjson = linesOf((await ask(...POLICY, ...course, '--format', 'ndjson')).out);
  assert.equal(
    ndjson.map(({ resources }) => resources),
    points.map(({ resources }: ComplianceAnswer) => resources),
  );
  assert.is((await ask(...POLICY, ...course, '--format', 'csv')).out.split('\r\n').length, points.length + 2);
  const { out } = await ask(...POLICY, ...course);
  assert.match(out, /^2026-03-30T08:00:00\.000Z +23 +1 +1 +0 +#+!~$/m);
});

test('without --policy the recorded policy that was in force judges, and is named with its source', async () => {
  const strict = join(folder, 'strict.json');
  writeFileSync(strict, JSON.stringify({ tagledger: 1, rules: [{ key: 'CostCenter' }] }));
  const nothing = await ask('--as-of', INSIDE);
  assert.equal([nothing.code, nothing.out], [4, '']);
  assert.match(
    nothing.said,
    /^tagledger: No policy was in force at 2026-03-30T15:00:00\.000Z: none had been recorded by \S+Z\. Pass --policy FILE, or record one with `tagledger policy record FILE`\.\n$/,
  );
  for (const [file, from] of [
    ['examples/required-tags.json', '2026-03-01'],
    [strict, '2026-03-31T12:00Z'],
  ] as const) {
    assert.is(
      (await run(['policy', 'record', file, '--from', from, '--by', 'ana', '--ledger', ledger])).code,
      0,
    );
  }
  const answered = async (...args: readonly string[]): Promise<ComplianceAnswer> => {
    const { code, out, said } = await ask(...args, '--format', 'json');
    assert.is(code, 0, said);
    return JSON.parse(out);
  };
  const rulesOf = ({ groups }: ComplianceAnswer) => groups.map(({ group }) => group);

  const then = await answered('--as-of', INSIDE);
  assert.ok(rulesOf(then).includes('Owner:required'));
  const { recordedAt, ...source } = then.policySource;
  assert.ok(recordedAt !== null && recordedAt > '2026-04-01');
  assert.equal(source, {
    source: 'recorded',
    files: [{ name: 'examples/required-tags.json', form: 'tagledger' }],
    policyAt: null,
    inForceSince: '2026-03-01T00:00:00.000Z',
    recordedBy: 'ana',
  });
  assert.equal(rulesOf(await answered()), ['CostCenter:required']);
  const chosen = await answered('--as-of', INSIDE, '--policy-at', '2026-04-02');
  assert.equal(rulesOf(chosen), ['CostCenter:required']);
  assert.equal(
    [chosen.policySource.policyAt, chosen.policySource.inForceSince],
    ['2026-04-02T23:59:59.999Z', '2026-03-31T12:00:00.000Z'],
  );

  const named = `${then.policy}, examples/required-tags.json (policy file), recorded ${recordedAt} by ana, in force since 2026-03-01T00:00:00.000Z`;
  const text = await ask('--as-of', INSIDE);
  assert.ok(text.out.split('\n').includes(`policy      ${named}`), text.out);
  assert.match((await ask('--as-of', INSIDE, '--format', 'csv')).said, `policy ${named}\n`);
  const given = await ask('--as-of', INSIDE, '--policy', 'examples/required-tags.json');
  assert.match(
    given.out,
    `\npolicy      ${then.policy}, given as examples/required-tags.json (policy file)\n`,
  );

  for (const [early, said] of [
    [['--policy-at', '2026-02-01'], '2026-02-01T23:59:59.999Z. The first is in force since'],
    [['--as-of', '2026-02-01'], '2026-02-01T23:59:59.999Z. The first is in force since'],
    [['--as-of', INSIDE, '--known-at', INSIDE], 'none had been recorded by 2026-03-30T15:00:00.000Z'],
  ] as const) {
    const { code, said: says } = await ask(...early);
    assert.is(code, 4, says);
    assert.match(says, said);
  }
  const { said } = await ask('--as-of', '2026-02-01');
  assert.match(said, 'Pass --policy FILE, or --policy-at 2026-03-01T00:00:00.000Z.');
});

test('over time the recorded policy of each instant judges; without one nothing is counted', async () => {
  const course = ['--from', '2026-02-28', '--to', '2026-04-02', '--step', '11d'];
  const { points } = JSON.parse((await ask(...course, '--format', 'json')).out) as {
    points: TimeSeriesPoint[];
  };
  assert.equal(
    points.map(({ asOf, policySource }) => [asOf.slice(0, 10), policySource?.inForceSince?.slice(0, 10)]),
    [
      ['2026-02-28', undefined],
      ['2026-03-11', '2026-03-01'],
      ['2026-03-22', '2026-03-01'],
      ['2026-04-02', '2026-03-31'],
    ],
  );
  const { out } = await ask(...course);
  assert.match(
    out,
    /^policy +\S+, examples\/required-tags\.json \(policy file\), recorded .* since 2026-03-01/,
  );
  assert.match(out, /\npolicy +\S+, \S+strict\.json \(policy file\), recorded .* since 2026-03-31/);
  const later = ['--from', '2026-03-31', '--to', '2026-04-02'];
  const chosen = JSON.parse((await ask(...later, '--policy-at', '2026-03-31', '--format', 'json')).out);
  assert.is(new Set(chosen.points.map(({ policy }: TimeSeriesPoint) => policy)).size, 1);

  const csv = (await ask(...course, '--format', 'csv')).out.split('\r\n');
  assert.match(csv[0] ?? '', /"policySource","policyInForceSince","simulated"$/);
  assert.match(csv[1] ?? '', /,"","[^"]*","","","","","","","true"$/);
  const none = await ask('--from', '2026-02-01', '--to', '2026-02-03');
  assert.equal([none.code, none.out], [4, '']);
  assert.match(none.said, 'No policy was in force at 2026-02-03T23:59:59.999Z. The first is in force since');
});

for (const [args, words] of [
  [
    ['--as-of', 'yesterday'],
    ['The value "yesterday" of --as-of', '2026-03-31'],
  ],
  [['--known-at', '2026-02-30'], ['The value "2026-02-30" of --known-at']],
  [
    ['--tag', 'Env'],
    ['The value "Env" of --tag', 'KEY=VALUE'],
  ],
  [
    ['--by', 'colour'],
    ['--group-by: "colour"', '"rule", "creator", "account", "region", "type"'],
  ],
  [
    ['--status', 'good'],
    ['--status: "good"', '"violating", "unknown", "exempt", "compliant"'],
  ],
  [
    ['--fail-on', 'exempt'],
    ['--fail-on: "exempt"', '"violating", "unknown"'],
  ],
  [['--from', '2026-03-30'], ['both --from and --to']],
  [['--from', '2026-03-30', '--to', '2026-03-31', '--as-of', '2026-03-31'], ['without --as-of']],
  [
    ['--from', '2026-03-30', '--to', '2026-03-31', '--format', 'asff'],
    ['cannot be written as asff', 'csv'],
  ],
  [
    ['--format', 'xml'],
    ['--output: "xml"', '"text", "wide", "json", "ndjson", "csv", "ocsf", "asff"'],
  ],
  [['--policy-at', '2026-03-31'], ['Leave one of them out.']],
  [['nowhere.json'], ['There is no policy file nowhere.json. Check the path.']],
] as const) {
  test(`\`compliance --policy FILE ${args.join(' ')}\` is refused in one line`, async () => {
    const { code, out, said } = await ask(...POLICY, ...args);
    assert.ok(code === 1 || code === 2);
    assert.is(out, '');
    assert.is(said.trim().split('\n').length, 1, said);
    for (const word of words) assert.match(said, word);
  });
}

test('state as of a moment has the tags of then, and says what was not known', async () => {
  const canary = 'i-031f7fc5ee54c269b';
  const at = async (...args: readonly string[]) => {
    const { code, out, said } = await run(['state', canary, ...args, '--ledger', ledger, '--format', 'json']);
    const state = JSON.parse(out);
    assert.is(code, state.standing === 'unheard' ? 4 : 0, said);
    return state;
  };
  const inside = await at('--as-of', INSIDE);
  assert.equal(
    [inside.standing, inside.asOf, inside.retiredAt],
    ['exists', '2026-03-30T15:00:00.000Z', null],
  );
  assert.ok(inside.tags.some(({ key }: { key: string }) => key === 'Owner'));
  assert.is((await at('--as-of', '2026-03-31T16:20:54Z')).standing, 'retired');
  assert.is((await at('--as-of', '2026-03-29')).standing, 'unborn');
  assert.is((await at('--known-at', '2026-03-29')).standing, 'unheard');
  const { out } = await run(['state', canary, '--as-of', '2026-03-29', '--ledger', ledger]);
  assert.match(out, /^status +was not created yet$/m);
});

test.run();
