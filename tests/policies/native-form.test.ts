import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { bearing, LATER, policyFrom, problemsOf, verdicts } from '../support/resources.ts';

const test = suite('policies in tagledger’s own form');

const native = (...rules: readonly object[]) => policyFrom({ tagledger: 1, rules });

test('a key alone is required, with any value', () => {
  const policy = native({ key: 'Owner' });
  assert.equal(verdicts(policy, bearing('Owner=ada')), ['Owner:required compliant']);
  assert.equal(verdicts(policy, bearing('Owner=')), ['Owner:required compliant']);
  assert.equal(verdicts(policy, bearing('App=shop')), ['Owner:required violating']);
  assert.equal(
    policy.judge(bearing('owner=ada'), LATER).map(({ reason, value }) => [reason, value]),
    [['it does not have the tag Owner (it has owner, which is another tag)', null]],
  );
});

test('a value is judged where the key is borne, and not where it is missing', () => {
  const policy = native({ key: 'Env', required: false, notEmpty: true, values: ['prod', 'dev-*'] });
  assert.equal(verdicts(policy, bearing('')), []);
  assert.equal(verdicts(policy, bearing('Env=dev-7')), ['Env:not-empty compliant', 'Env:values compliant']);
  assert.equal(verdicts(policy, bearing('Env=')), ['Env:not-empty violating', 'Env:values violating']);
  assert.equal(verdicts(policy, bearing('Env=Prod')), ['Env:not-empty compliant', 'Env:values violating']);
});

test('a pattern is for the value as a whole', () => {
  const policy = native({ key: 'CostCenter', required: false, pattern: '\\d{4}|none' });
  assert.equal(verdicts(policy, bearing('CostCenter=4711')), ['CostCenter:pattern compliant']);
  assert.equal(verdicts(policy, bearing('CostCenter=none')), ['CostCenter:pattern compliant']);
  assert.equal(verdicts(policy, bearing('CostCenter=47110')), ['CostCenter:pattern violating']);
});

test('a rule concerns its types, accounts and Regions, and no other resource', () => {
  const rule = { key: 'Owner', types: ['volume'], accounts: ['111122223333'], regions: ['eu-west-1'] };
  assert.equal(verdicts(native(rule), bearing('', { type: 'volume' })), ['Owner:required violating']);
  assert.equal(verdicts(native(rule), bearing('', { type: 'instance' })), []);
  for (const elsewhere of [{ accounts: ['444455556666'] }, { regions: ['us-east-1'] }])
    assert.equal(verdicts(native({ ...rule, ...elsewhere }), bearing('', { type: 'volume' })), []);
});

test('a birth that was never seen, and a gap, give no other answer than unknown', () => {
  const policy = native({ key: 'Owner', values: ['ada'], types: ['volume'] });
  const { born: _, ...unborn } = bearing('Owner=ada', { type: 'volume' });
  assert.equal(verdicts(policy, unborn), ['Owner:required unknown', 'Owner:values unknown']);
  const gap = bearing('', { type: 'cloudtrail-gap', gap: 'CloudTrail left it out' });
  assert.equal(verdicts(policy, gap), ['Owner:required unknown', 'Owner:values unknown']);
});

test('of a resource with copied tags only what the known tags decide is decided', () => {
  const judged = (rule: object, text: string, lacks: readonly string[] = []) =>
    verdicts(native(rule), bearing(text, { unseen: { lacks } }));
  assert.equal(judged({ key: 'Owner' }, ''), ['Owner:required unknown']);
  assert.equal(judged({ key: 'Owner' }, 'owner=x'), ['Owner:required unknown']);
  assert.equal(judged({ key: 'Owner' }, 'Owner=x'), ['Owner:required compliant']);
  assert.equal(judged({ key: 'Owner' }, '', ['Owner']), ['Owner:required violating']);
  const values = { key: 'Env', required: false, values: ['prod'] };
  assert.equal(judged(values, ''), ['Env:values unknown']);
  assert.equal(judged(values, 'Env=dev'), ['Env:values violating']);
  assert.equal(judged(values, '', ['Env']), []);
});

test('a violation is exempt until its grace is over, and no instant longer', () => {
  const policy = policyFrom({
    tagledger: 1,
    grace: '15m',
    rules: [{ key: 'Owner' }, { key: 'App', grace: '2h' }],
  });
  const at = (time: string) => verdicts(policy, bearing(''), `2026-03-31T${time}Z`);
  assert.equal(at('12:14:59.999'), ['App:required exempt', 'Owner:required exempt']);
  assert.equal(at('12:15:00.000'), ['App:required exempt', 'Owner:required violating']);
  assert.equal(at('14:00:00.000'), ['App:required violating', 'Owner:required violating']);
  assert.equal(verdicts(policy, bearing('Owner=ada App=shop'), LATER), [
    'App:required compliant',
    'Owner:required compliant',
  ]);
});

const EXEMPTION = { resources: ['i-0a1b2c3d4e5f60718'], owner: 'ada', reason: 'OPS-1', until: '2026-03-31' };
const exempting = (over: object) =>
  policyFrom({ tagledger: 1, rules: [{ key: 'Owner' }], exemptions: [{ ...EXEMPTION, ...over }] });

test('an exemption excuses a violation on its days, the last one included, and says who allowed it and why', () => {
  const on = (policy: ReturnType<typeof policyFrom>, at: string) => verdicts(policy, bearing(''), at)[0];
  const days = exempting({ from: '2026-03-30' });
  assert.is(on(days, '2026-03-29T23:59:59.999Z'), 'Owner:required violating');
  assert.is(on(days, '2026-03-30T00:00:00.000Z'), 'Owner:required exempt');
  assert.is(on(days, '2026-03-31T23:59:59.999Z'), 'Owner:required exempt');
  assert.is(on(days, '2026-04-01T00:00:00.000Z'), 'Owner:required violating');
  assert.equal(
    days.judge(bearing(''), LATER).map(({ reason }) => reason),
    ['it does not have the tag Owner; exempt until 2026-03-31T23:59:59.999Z, by ada: OPS-1'],
  );
});

test('an exemption is for its resources, keys, types, accounts and Regions, and for rules of any file', () => {
  const status = (over: object) => verdicts(exempting(over), bearing(''))[0];
  for (const over of [{}, { keys: ['Owner'] }, { types: ['instance'] }, { accounts: ['111122223333'] }])
    assert.is(status(over), 'Owner:required exempt');
  for (const over of [
    { keys: ['App'] },
    { types: ['volume'] },
    { regions: ['us-east-1'] },
    { resources: ['i-0b'] },
  ])
    assert.is(status(over), 'Owner:required violating');
  const apart = policyFrom(
    { tagledger: 1, rules: [{ key: 'Owner' }] },
    { tagledger: 1, exemptions: [EXEMPTION] },
  );
  assert.equal(verdicts(apart, bearing('')), ['Owner:required exempt']);
});

test('what is compliant or unknown is never called exempt', () => {
  const { born: _, ...unborn } = bearing('');
  assert.equal(verdicts(exempting({}), bearing('Owner=ada')), ['Owner:required compliant']);
  assert.equal(verdicts(exempting({}), unborn), ['Owner:required unknown']);
});

test('all that is wrong is said at once, each with its place', () => {
  const policy = {
    tagledger: 1,
    rulez: [],
    rules: [
      { keys: 'Owner', types: ['instanc', 3], values: [], grace: '5x' },
      { key: '', pattern: '(?!none).+' },
      { key: 'Env', values: ['*a*'], pattern: '(' },
      { key: 'App', required: false },
      [],
    ],
    exemptions: [
      { owner: ' ', until: '2026-02-30' },
      { owner: 'ada', reason: 'r', until: '2026-01-01' },
    ],
  };
  assert.equal(
    problemsOf(() => policyFrom(policy)),
    [
      '1.json, rules[0].key: is missing',
      '1.json, rules[0].values: is an empty list: leave the field out where all are meant',
      '1.json, rules[0].grace: "5x" is not a duration such as "15m", "24h" or "7d"',
      '1.json, rules[0].types[0]: names the unknown resource type "instanc": did you mean "instance"?',
      '1.json, rules[0].types[1]: is 3, and must be a string',
      '1.json, rules[0].keys: is not a field that is known here: did you mean "key"?',
      '1.json, rules[1].key: the tag key has 0 characters, and 1 to 128 are possible',
      '1.json, rules[1].pattern: has a lookahead, "(?!...)": write out which values are allowed, as in "dev|test", or use "values"',
      '1.json, rules[2].values[0]: "*a*" has several "*", and a value can have one',
      '1.json, rules[2].pattern: is not a regular expression (Unterminated group): write one as in JavaScript, with backslashes doubled in JSON',
      '1.json, rules[3]: asks for nothing: say "required", "notEmpty", "values" or "pattern"',
      '1.json, rules[4]: is a list, and must be an object',
      '1.json, exemptions[0].owner: is empty',
      '1.json, exemptions[0].reason: is missing',
      '1.json, exemptions[0].until: "2026-02-30" is not a day such as "2026-12-31"',
      '1.json, exemptions[1]: would exempt everything: name "resources", "types", "accounts" or "regions"',
      '1.json, rulez: is not a field that is known here: did you mean "rules"?',
    ],
  );
});

test('a newer version, a list and what is no JSON are refused', () => {
  assert.equal(
    problemsOf(() => policyFrom({ tagledger: 2 }, [], { rules: [] })),
    [
      '1.json, tagledger: is a version that is not known here: expected 1',
      '2.json: is not a JSON object: see docs/policies.md for the forms of policies',
      '3.json: it has none of the keys "tagledger" (a policy of tagledger), "tags" (an AWS tag policy) and "tag1Key" (AWS Config), see docs/policies.md',
    ],
  );
});

test('rules of the same name are told apart by what they say, whatever the order of the files', () => {
  const [one, two] = [
    { key: 'Env', values: ['a'] },
    { key: 'Env', values: ['b'], types: ['volume'] },
  ];
  const ids = (...rules: object[]) =>
    native(...rules)
      .rules.map(({ id }) => id)
      .sort();
  assert.equal(ids(one, two), ids(two, one));
  assert.is(new Set(ids(one, two)).size, 4);
  assert.is(native(one, two).id, native(two, one).id);
  assert.equal(ids(one, one), ['Env:required', 'Env:values']);
  assert.is.not(native(one).id, native(two).id);
});

test.run();
