import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readPolicies } from '../../src/policies/read-policies.ts';
import { bearing, policyFrom, problemsOf, verdicts } from '../support/resources.ts';

const test = suite('any policy');

const key = fc.constantFrom('App', 'Owner', 'owner');
const value = fc.constantFrom('', 'a', 'ab', 'a*', '*b', '*');
const some = <T>(one: fc.Arbitrary<T>) => fc.uniqueArray(one, { minLength: 1, maxLength: 3 });
const maybe = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined });

const nativePolicy = fc.record({
  tagledger: fc.constant(1),
  grace: maybe(fc.constantFrom('1m', '2h')),
  rules: fc.array(
    fc.record({
      key,
      notEmpty: maybe(fc.boolean()),
      values: maybe(some(value)),
      pattern: maybe(fc.constantFrom('a*', 'a|b')),
      types: maybe(some(fc.constantFrom('instance', 'volume'))),
    }),
    { maxLength: 3 },
  ),
});
const configPolicy = fc
  .tuple(key, maybe(some(fc.constantFrom('a', 'b'))))
  .map(([tag1Key, values]) => ({ tag1Key, ...(values && { tag1Value: values.join(',') }) }));

const operators = fc.constantFrom(['@@all'], ['@@none'], ['@@append'], ['@@assign', '@@remove']);
const setting = fc.record({
  '@@assign': maybe(fc.uniqueArray(value, { maxLength: 2 })),
  '@@append': maybe(some(value)),
  '@@remove': maybe(some(value)),
  '@@operators_allowed_for_child_policies': maybe(operators),
});
const tagPolicy = fc
  .record({
    tag_key: maybe(
      fc.record({
        '@@assign': maybe(fc.constantFrom('Owner', 'owner')),
        '@@operators_allowed_for_child_policies': maybe(operators),
      }),
    ),
    tag_value: maybe(setting),
    report_required_tag_for: maybe(fc.constant({ '@@assign': ['ec2:instance'] })),
  })
  .map((owner) => ({ tags: { owner } }));

const anyPolicy = fc.oneof(nativePolicy, configPolicy, tagPolicy);
const resource = fc
  .tuple(fc.dictionary(key, fc.constantFrom('', 'a', 'ab', 'b')), fc.constantFrom('instance', 'volume'))
  .map(([tags, type]) =>
    bearing('', { type, tags: Object.entries(tags).map(([key, value]) => ({ key, value })) }),
  );

test('nothing is said to hold or be violated of a resource whose birth was never seen', () => {
  fc.assert(
    fc.property(fc.array(anyPolicy, { maxLength: 3 }), resource, (documents, { born: _, ...unborn }) => {
      for (const verdict of verdicts(policyFrom(...documents), unborn)) assert.match(verdict, / unknown$/);
    }),
  );
});

test('a policy beside itself, and below itself, says what it says alone', () => {
  fc.assert(
    fc.property(fc.oneof(nativePolicy, configPolicy), resource, (json, one) => {
      const [alone, twice] = [policyFrom(json), policyFrom(json, json)];
      assert.equal(verdicts(twice, one), verdicts(alone, one));
      assert.equal(
        twice.rules.map(({ id }) => id),
        alone.rules.map(({ id }) => id),
      );
    }),
  );
});

test('a tag policy that only assigns is its own child', () => {
  const assigning = fc
    .record({ tag_key: fc.constant('Owner'), tag_value: maybe(fc.uniqueArray(value, { maxLength: 2 })) })
    .map(({ tag_key, tag_value }) => ({
      tags: {
        owner: {
          tag_key: { '@@assign': tag_key },
          ...(tag_value && { tag_value: { '@@assign': tag_value } }),
        },
      },
    }));
  fc.assert(
    fc.property(assigning, resource, (json, one) => {
      assert.is(policyFrom(json, json).id, policyFrom(json).id);
      assert.equal(verdicts(policyFrom(json, json), one), verdicts(policyFrom(json), one));
    }),
  );
});

test('below a parent that allows nothing, no child changes anything', () => {
  const none = { '@@operators_allowed_for_child_policies': ['@@none'] };
  const locked = {
    tags: {
      owner: {
        tag_key: { '@@assign': 'Owner', ...none },
        tag_value: { '@@assign': ['a'], ...none },
        report_required_tag_for: none,
      },
    },
  };
  fc.assert(
    fc.property(fc.array(tagPolicy, { maxLength: 3 }), resource, (children, one) => {
      assert.is(policyFrom(locked, ...children).id, policyFrom(locked).id);
      assert.equal(verdicts(policyFrom(locked, ...children), one), verdicts(policyFrom(locked), one));
    }),
  );
});

test('the order of files that are no tag policies makes no difference', () => {
  const files = fc.array(fc.oneof(nativePolicy, configPolicy), { maxLength: 4 });
  fc.assert(
    fc.property(files, resource, (documents, one) => {
      const [there, back] = [policyFrom(...documents), policyFrom(...documents.toReversed())];
      assert.is(there.id, back.id);
      assert.equal(verdicts(there, one), verdicts(back, one));
    }),
  );
});

test('whatever a file holds, it is read or refused with its places', () => {
  const words = [
    'tagledger',
    'tags',
    'rules',
    'tag1Key',
    'ConfigRules',
    'ConfigRule',
    'tag_key',
    '@@assign',
    '__proto__',
  ];
  const anyJson = fc.letrec<{ node: unknown }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(null, 1, true, '', 'Owner', 'ec2:instance'),
      fc.array(tie('node'), { maxLength: 2 }),
      fc.dictionary(fc.constantFrom(...words), tie('node'), { maxKeys: 3 }),
    ),
  })).node;
  fc.assert(
    fc.property(
      fc.oneof(
        anyJson.map((json) => JSON.stringify(json)),
        fc.string(),
      ),
      (text) => {
        for (const problem of problemsOf(() => readPolicies([{ name: 'any.json', text }])))
          assert.match(problem, /^any\.json(?:, [^ ].*)?: ./);
      },
    ),
    { numRuns: 500 },
  );
});

test.run();
