import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { REQUIRABLE_TYPES, TAG_POLICY_TYPES } from '../../../src/policies/aws-types.ts';
import { readPolicies } from '../../../src/policies/read-policies.ts';
import { bearing, LATER, policyFrom, problemsOf, verdicts } from '../../support/resources.ts';

const test = suite('tag policies of AWS Organizations');

const assign = <T>(value: T) => ({ '@@assign': value });
const only = (...operators: string[]) => ({ '@@operators_allowed_for_child_policies': operators });
const team = (settings: object) => ({ tags: { team: settings } });
/** A tag policy for the key Team with these values, as Organizations shows the effective one. */
const effective = (values: readonly string[], key = 'Team') => team({ tag_key: key, tag_value: values });
const ROOT = team({ tag_key: assign('Team'), tag_value: assign(['Web', 'Data']) });

/** That the authored policies judge as the effective one does. */
const judgesAs = (policy: ReturnType<typeof policyFrom>, expected: object) => {
  const as = policyFrom(expected);
  for (const tags of [
    '',
    'App=x',
    'Team=Web',
    'team=Web',
    'TEAM=Data',
    'Team=Ops',
    'Team=',
    'Team=Data team=Ops',
  ])
    assert.equal(verdicts(policy, bearing(tags)), verdicts(as, bearing(tags)), tags);
};

test('a key in another case is noncompliant, and a resource without the key is not evaluated', () => {
  const policy = policyFrom(team({ tag_key: assign('Team') }));
  assert.equal(verdicts(policy, bearing('Team=x')), ['Team:case compliant']);
  assert.equal(verdicts(policy, bearing('TEAM=x')), ['Team:case violating']);
  assert.equal(verdicts(policy, bearing('Team=x team=x')), ['Team:case violating']);
  assert.equal(verdicts(policy, bearing('App=x')), []);
  assert.equal(verdicts(policy, bearing('')), []);
});

test('without tag_key the right case is lower case', () => {
  for (const policy of [
    policyFrom({ tags: { Team: {} } }),
    policyFrom(team({ tag_value: assign(['Web']) })),
  ]) {
    assert.ok(verdicts(policy, bearing('team=Web')).includes('team:case compliant'));
    assert.ok(verdicts(policy, bearing('Team=Web')).includes('team:case violating'));
  }
});

test('a value must be one of tag_value, in whatever case the key is written; a star stands for any text', () => {
  const policy = policyFrom(
    team({ tag_key: assign('Team'), tag_value: assign(['100', '3*', '*@example.com', 'ab*ba']) }),
  );
  const value = (tags: string) => verdicts(policy, bearing(tags)).at(-1);
  for (const fits of ['100', '3', '300', '@example.com', 'ada@example.com', 'abba'])
    assert.is(value(`Team=${fits}`), 'Team:values compliant', fits);
  for (const other of ['', '1000', '13', 'ada@example.com.org', 'aba'])
    assert.is(value(`Team=${other}`), 'Team:values violating', other);
  assert.is(value('team=9'), 'Team:values violating');
});

test('a policy without tag_value allows any value, and with an empty one none', () => {
  assert.equal(verdicts(policyFrom(team({ tag_key: assign('Team') })), bearing('Team=')), [
    'Team:case compliant',
  ]);
  const none = policyFrom(
    team({ tag_key: assign('Team'), tag_value: assign([]), enforced_for: assign(['dynamodb:table']) }),
  );
  assert.equal(verdicts(none, bearing('Team=')), ['Team:case compliant', 'Team:values violating']);
  assert.equal(verdicts(none, bearing('')), []);
});

test('enforced_for changes nothing in what is compliant', () => {
  const policy = (extra: object) =>
    policyFrom(team({ tag_key: assign('Team'), tag_value: assign(['Web']), ...extra }));
  const enforced = policy({ enforced_for: assign(['ec2:volume']) });
  assert.equal(
    enforced.rules.map(({ id }) => id),
    policy({}).rules.map(({ id }) => id),
  );
  assert.equal(verdicts(enforced, bearing('Team=x')), verdicts(policy({}), bearing('Team=x')));
});

test('a missing key is noncompliant where report_required_tag_for names the type, and nowhere else', () => {
  const required = (...types: string[]) =>
    policyFrom(team({ tag_key: assign('Team'), report_required_tag_for: assign(types) }));
  const one = required('ec2:instance', 's3:bucket');
  assert.equal(verdicts(one, bearing('')), ['Team:required violating']);
  assert.equal(verdicts(one, bearing('Team=')), ['Team:case compliant', 'Team:required compliant']);
  assert.equal(verdicts(one, bearing('team=x')), ['Team:case violating', 'Team:required violating']);
  assert.equal(verdicts(one, bearing('', { type: 'volume' })), []);
  const all = required('ec2:ALL_SUPPORTED');
  assert.equal(verdicts(all, bearing('', { type: 'volume' })), ['Team:required violating']);
  assert.equal(
    verdicts(all, bearing('', { type: 'snapshot' })),
    [],
    'AWS reports no required keys of snapshots',
  );
  assert.equal(verdicts(required('ec2:*', 'ec2:snapshot'), bearing('', { type: 'snapshot' })), [
    'Team:required violating',
  ]);
  assert.equal(
    required('s3:ALL_SUPPORTED').rules.map(({ id }) => id),
    ['Team:case'],
  );
});

test('where only the requirement is said, any case of the key will do', () => {
  const policy = policyFrom(team({ report_required_tag_for: assign(['ec2:instance']) }));
  for (const key of ['team', 'Team', 'TEAM'])
    assert.equal(verdicts(policy, bearing(`${key}=x`)), ['team:required compliant']);
  assert.equal(verdicts(policy, bearing('App=x')), ['team:required violating']);
});

test('types that tag policies do not evaluate are not judged', () => {
  const policy = policyFrom(ROOT);
  assert.equal(verdicts(policy, bearing('Team=x', { type: 'route-server' })), []);
  assert.is(TAG_POLICY_TYPES.length, 92);
  assert.is(new Set(TAG_POLICY_TYPES).size, 92);
  assert.is(REQUIRABLE_TYPES.length, 59);
});

test('a birth that was never seen leaves it unknown', () => {
  const { born: _, ...unborn } = bearing('Team=Web');
  assert.equal(verdicts(policyFrom(ROOT), unborn), ['Team:case unknown', 'Team:values unknown']);
});

test('a child assigns over its parent, appends to it and removes from it', () => {
  const child = (value: object) => policyFrom(ROOT, team({ tag_value: value }));
  judgesAs(child(assign(['Ops'])), effective(['Ops']));
  judgesAs(child({ '@@append': ['Ops', 'Web'] }), effective(['Web', 'Data', 'Ops']));
  judgesAs(child({ '@@remove': ['Data', 'Absent'] }), effective(['Web']));
  judgesAs(policyFrom(ROOT, team({ tag_key: assign('TEAM') })), effective(['Web', 'Data'], 'TEAM'));
  const unit = team({ tag_value: { '@@append': ['Ops'] } });
  judgesAs(policyFrom(ROOT, unit, team({ tag_value: { '@@remove': ['Web', 'Ops'] } })), effective(['Data']));
});

test('a child adds settings and keys that its parent does not have, by assign and by append', () => {
  const required = { report_required_tag_for: { '@@append': ['ec2:instance'] } };
  assert.equal(verdicts(policyFrom(ROOT, team(required)), bearing('')), ['Team:required violating']);
  const other = { tags: { App: { tag_key: assign('App') } } };
  assert.equal(
    policyFrom(ROOT, other).rules.map(({ id }) => id),
    ['Team:case', 'Team:values', 'App:case'],
  );
});

test('a parent that defines the key and a child that defines the values make one policy', () => {
  const locked = { tags: { Team: { tag_key: { ...assign('Team'), ...only('@@none') } } } };
  judgesAs(policyFrom(locked, team({ tag_value: assign(['Web', 'Data']) })), effective(['Web', 'Data']));
});

test('what a parent does not allow has no effect on the effective policy, and is said with its place', () => {
  const parent = team({
    tag_key: { ...assign('Team'), ...only('@@none') },
    tag_value: { ...assign(['Web', 'Data']), ...only('@@append') },
  });
  const child = team({ tag_key: assign('TEAM'), tag_value: { '@@append': ['Ops'], '@@remove': ['Web'] } });
  const policy = policyFrom(parent, child);
  judgesAs(policy, effective(['Web', 'Data', 'Ops']));
  assert.equal(
    policy.notes.map(({ file, place, says }) => `${file} ${place} ${says}`),
    [
      '2.json tags.team.tag_key.@@assign has no effect: a policy above allows no operator here',
      '2.json tags.team.tag_value.@@remove has no effect: a policy above allows @@append here',
    ],
  );
});

test('no child can allow again what a policy above it does not', () => {
  const parent = team({ tag_key: assign('Team'), tag_value: { ...assign(['Web']), ...only('@@append') } });
  const unit = team({ tag_value: { ...only('@@all') } });
  judgesAs(policyFrom(parent, unit, team({ tag_value: assign(['Ops']) })), effective(['Web']));
});

test('a policy is not bound by what it allows to those below it', () => {
  const parent = team({ tag_key: assign('Team'), tag_value: { ...assign(['Web']), ...only('@@none') } });
  judgesAs(policyFrom(parent), effective(['Web']));
});

/** Files, each below the one before it but for those marked with a plus, which are attached to the same. */
const attached = (...levels: readonly (readonly object[])[]) =>
  readPolicies(
    levels.flatMap((level, n) =>
      level.map((json, i) => ({ name: `${n}.${i}`, text: JSON.stringify(json), beside: i > 0 })),
    ),
  );

test('policies of one level leave to those below what all of them allow, and do not bind each other', () => {
  const one = team({ tag_key: assign('Team'), tag_value: { ...assign(['Web']), ...only('@@append') } });
  const two = team({ tag_value: { '@@append': ['Data'], ...only('@@append', '@@remove') } });
  const child = team({ tag_value: { '@@append': ['Ops'], '@@remove': ['Web'] } });
  judgesAs(attached([one, two], [child]), effective(['Web', 'Data', 'Ops']));
});

test('of policies of one level that assign the same, the one that was attached first wins', () => {
  const first = team({ tag_key: assign('TEAM'), tag_value: { '@@append': ['Web'] } });
  const policy = attached([first, team({ tag_key: assign('Team') })]);
  judgesAs(policy, effective(['Web'], 'TEAM'));
  assert.equal(
    policy.notes.map(({ file, place }) => [file, place]),
    [['0.1', 'tags.team.tag_key.@@assign']],
  );
  judgesAs(attached([first], [team({ tag_key: assign('Team') })]), effective(['Web']));
});

test('an effective policy is read from what the AWS command line prints, too', () => {
  const PolicyContent = JSON.stringify(effective(['Web', 'Data']));
  judgesAs(policyFrom({ EffectivePolicy: { PolicyContent, PolicyType: 'TAG_POLICY' } }), ROOT);
  judgesAs(policyFrom({ Policy: { Content: JSON.stringify(ROOT) } }), ROOT);
  assert.equal(
    problemsOf(() => policyFrom({ Policy: { Content: '{"tags":{"a":{"tag_kex":1}}}' } })),
    ['1.json, Policy.Content.tags.a.tag_kex: is not a field that is known here: did you mean "tag_key"?'],
  );
});

test('an effective policy merges with no other', () => {
  assert.equal(
    problemsOf(() => policyFrom(ROOT, effective(['Web']))),
    [
      '2.json, tags: is an effective policy, with bare values, beside other tag policies: give it alone, or give the policies that it was merged from',
    ],
  );
});

test('all that is wrong is said at once, each with its place', () => {
  const policy = {
    tags: {
      team: {
        tag_key: { '@@assign': 'Teams', '@@append': ['x'] },
        tag_values: assign(['a']),
        tag_value: { '@@asign': ['a'], '@@append': 'b', '@@remove': ['*a*'] },
        enforced_for: assign(['ec2:instanc', 'ec2', '*:ALL_SUPPORTED', 's3:bucket']),
        report_required_tag_for: { ...assign(['ec2:securitygroup']), ...only('@@none', '@@append') },
      },
      Team: { ...only('@@none') },
      'a b': { tag_key: 'a b', tag_value: { ...only('@@nothing') } },
    },
  };
  assert.equal(
    problemsOf(() => policyFrom(policy)),
    [
      '1.json, tags.team.tag_key.@@assign: the tag key "Teams" must be "team", the name of its statement, in upper or lower case',
      '1.json, tags.team.tag_key.@@append: is not a field that is known here: the known ones are "@@assign", "@@operators_allowed_for_child_policies"',
      '1.json, tags.team.tag_value.@@append: is "b", and must be a list',
      '1.json, tags.team.tag_value.@@remove[0]: "*a*" has several "*", and a value can have one',
      '1.json, tags.team.tag_value.@@asign: is not a field that is known here: did you mean "@@assign"?',
      '1.json, tags.team.enforced_for.@@assign[0]: names "ec2:instanc", which tag policies do not evaluate: did you mean "ec2:instance"?',
      '1.json, tags.team.enforced_for.@@assign[1]: "ec2" is not a service and a type, such as "ec2:instance" or "ec2:ALL_SUPPORTED"',
      '1.json, tags.team.enforced_for.@@assign[2]: "*:ALL_SUPPORTED" is not a service and a type, such as "ec2:instance" or "ec2:ALL_SUPPORTED"',
      '1.json, tags.team.report_required_tag_for.@@assign[0]: names "ec2:securitygroup", which tag policies do not evaluate: did you mean "ec2:security-group"?',
      '1.json, tags.team.report_required_tag_for.@@operators_allowed_for_child_policies: has "@@all" or "@@none" beside others, and it must stand alone',
      '1.json, tags.team.tag_values: is not a field that is known here: did you mean "tag_value"?',
      '1.json, tags.Team: is the same key as "team": say all of a key in one place',
      '1.json, tags.Team: has @@operators_allowed_for_child_policies above the settings, which cannot be honoured: write it in tag_key, tag_value, enforced_for, report_required_tag_for',
      '1.json, tags["a b"].tag_key: is "a b", and must be an object',
      '1.json, tags["a b"].tag_value.@@operators_allowed_for_child_policies[0]: "@@nothing" is not an operator: the known ones are "@@assign", "@@append", "@@remove", "@@all", "@@none"',
    ],
  );
});

test('what concerns no resource here is noted', () => {
  const policy = policyFrom(
    team({
      tag_key: assign('Team'),
      enforced_for: assign(['ec2:ALL_SUPPORTED']),
      report_required_tag_for: assign(['ec2:instance', 'ec2:image', 's3:bucket']),
    }),
  );
  assert.equal(
    policy.notes.map(({ place, says }) => `${place}: ${says}`),
    [
      'tags.team.enforced_for: asks AWS to refuse what is noncompliant on ec2:ALL_SUPPORTED; what the ledger holds is judged the same with or without it',
      'tags.team.report_required_tag_for: s3:bucket concerns no resource that the ledger keeps',
      'tags.team.report_required_tag_for: AWS does not report required keys of ec2:image; the ledger does',
    ],
  );
});

test('keys that mean something to JavaScript are keys like others', () => {
  const text =
    '{"tags":{"__proto__":{"tag_value":{"@@assign":["a"]}},"constructor":{"tag_value":{"@@assign":["a"]}}}}';
  const policy = readPolicies([{ name: 'odd.json', text }]);
  const odd = bearing('', {
    tags: [
      { key: '__proto__', value: 'b' },
      { key: 'constructor', value: 'b' },
    ],
  });
  assert.equal(
    policy.judge(odd, LATER).map(({ rule, status }) => `${rule.id} ${status}`),
    [
      '__proto__:case compliant',
      '__proto__:values violating',
      'constructor:case compliant',
      'constructor:values violating',
    ],
  );
});

test.run();
