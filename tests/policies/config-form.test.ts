import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CONFIG_TYPES } from '../../src/policies/aws-types.ts';
import { bearing, policyFrom, problemsOf, verdicts } from '../support/resources.ts';

const test = suite('parameters of AWS Config’s REQUIRED_TAGS');

const PARAMETERS = { tag1Key: 'Owner', tag2Key: 'Env', tag2Value: 'prod, dev' };
const rule = (over: object = {}) => ({
  ConfigRuleName: 'required-tags',
  Source: { Owner: 'AWS', SourceIdentifier: 'REQUIRED_TAGS' },
  InputParameters: JSON.stringify(PARAMETERS),
  ...over,
});

test('each key is required, with one of its values where it has some', () => {
  const policy = policyFrom(PARAMETERS);
  assert.equal(verdicts(policy, bearing('Owner= Env=dev')), [
    'Env:required compliant',
    'Env:values compliant',
    'Owner:required compliant',
  ]);
  assert.equal(verdicts(policy, bearing('owner=ada Env=Prod')), [
    'Env:required compliant',
    'Env:values violating',
    'Owner:required violating',
  ]);
});

test('a star in a value is a star', () => {
  const policy = policyFrom({ tag1Key: 'Env', tag1Value: 'dev*' });
  assert.equal(verdicts(policy, bearing('Env=dev1')), ['Env:required compliant', 'Env:values violating']);
  assert.equal(verdicts(policy, bearing('Env=dev*')), ['Env:required compliant', 'Env:values compliant']);
});

test('a star that is a star is another rule than one that stands for any text', () => {
  const types = [...CONFIG_TYPES.values()];
  const own = { tagledger: 1, rules: [{ key: 'Env', values: ['dev*'], types }] };
  const config = { tag1Key: 'Env', tag1Value: 'dev*' };
  const both = policyFrom(own, config);
  assert.is(both.rules.filter(({ id }) => id.startsWith('Env:values')).length, 2);
  assert.is.not(policyFrom(own).id, policyFrom(config).id);
});

test('an empty value is as none, and an empty key after the first as well', () => {
  const policy = policyFrom({ tag1Key: 'Owner', tag1Value: '', tag2Key: '', tag2Value: '' });
  assert.equal(verdicts(policy, bearing('Owner=ada')), ['Owner:required compliant']);
});

test('it concerns the types that the rule evaluates, and of these those in its scope', () => {
  const everywhere = policyFrom(rule());
  assert.is(verdicts(everywhere, bearing('', { type: 'volume' })).length, 2);
  assert.is(verdicts(everywhere, bearing('', { type: 'snapshot' })).length, 0);
  const types = ['AWS::EC2::Volume', 'AWS::S3::Bucket', 'AWS::EC2::Snapshot'];
  const scoped = policyFrom(rule({ Scope: { ComplianceResourceTypes: types } }));
  assert.is(verdicts(scoped, bearing('', { type: 'volume' })).length, 2);
  assert.is(verdicts(scoped, bearing('')).length, 0);
  assert.equal(scoped.notes, [
    {
      file: '1.json',
      place: 'Scope.ComplianceResourceTypes',
      says: 'AWS::S3::Bucket, AWS::EC2::Snapshot concerns no resource of EC2 that REQUIRED_TAGS evaluates',
    },
  ]);
  const empty = policyFrom(rule({ Scope: { ComplianceResourceTypes: [] } }));
  assert.equal(
    [empty.rules.length, empty.notes.map(({ says }) => says)],
    [0, ['names no type, so the rule covers no resource; leave it out for all types']],
  );
  const foreign = policyFrom(rule({ Scope: { ComplianceResourceTypes: ['AWS::S3::Bucket'] } }));
  assert.is(foreign.rules.length, 0);
});

test('rules are read alone, as they are put, as they are described, and with parameters that are no text', () => {
  const id = policyFrom(PARAMETERS).id;
  const documents = [
    rule(),
    { ConfigRule: rule() },
    { ConfigRules: [rule({ ConfigRuleArn: 'arn', ConfigRuleState: 'ACTIVE' })] },
    rule({ InputParameters: PARAMETERS }),
  ];
  for (const json of documents) assert.is(policyFrom(json).id, id);
});

test('all that is wrong is said with its place, also inside of text', () => {
  assert.equal(
    problemsOf(() =>
      policyFrom(
        { tag1key: 'Owner', tag7Key: 'App', tag3Value: 'x' },
        rule({ InputParameters: '{"tag1Keys":"a"}' }),
        rule({ InputParameters: '{', Scope: { TagKey: 'a' } }),
        rule({ Source: { Owner: 'AWS', SourceIdentifier: 'ENCRYPTED_VOLUMES' }, InputParameters: undefined }),
        { ConfigRules: [rule({ InputParameter: '' })] },
      ),
    ),
    [
      '1.json, tag1key: is not a field that is known here: did you mean "tag1Key"?',
      '1.json, tag7Key: is not a field that is known here: did you mean "tag1Key"?',
      '1.json, tag1Key: is missing',
      '1.json, tag3Key: is missing',
      '2.json, InputParameters.tag1Keys: is not a field that is known here: did you mean "tag1Key"?',
      '2.json, InputParameters.tag1Key: is missing',
      '3.json, Scope.TagKey: cannot be honoured: whom the rule concerns would depend on the tags that it judges',
      '4.json, Source.SourceIdentifier: "ENCRYPTED_VOLUMES" is not "REQUIRED_TAGS", the only rule of AWS Config that is read',
      '4.json, InputParameters: is missing',
      '5.json, ConfigRules[0].InputParameter: is not a field that is known here: did you mean "InputParameters"?',
    ],
  );
  const broken = problemsOf(() => policyFrom(rule({ InputParameters: '{' })));
  assert.match(broken.join(), /^1\.json, InputParameters: is not JSON/);
});

test.run();
