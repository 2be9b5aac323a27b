import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isTagChange, tagChangeOf } from '../../src/cloudtrail/tag-change-event.ts';
import { canonicalJson } from '../../src/events/canonical-json.ts';
import { arnOf, isResourceArn } from '../../src/events/resource-arn.ts';
import { InvalidInputError } from '../../src/shared/errors.ts';

const test = suite('a tag change that EventBridge reports');

const ARN = 'arn:aws:ec2:eu-west-1:111122223333:instance/i-0a1b2c3d4e5f60718';

const change = (over: object = {}, detail: object = {}) => ({
  version: '0',
  id: 'bddcf1d6-0251-35a1-aab0-adc1fb47c11c',
  'detail-type': 'Tag Change on Resource',
  source: 'aws.tag',
  account: '111122223333',
  time: '2026-03-31T10:00:05Z',
  region: 'eu-west-1',
  resources: [ARN],
  detail: {
    'changed-tag-keys': ['Owner', 'Team'],
    service: 'ec2',
    'resource-type': 'instance',
    version: 3,
    tags: { Owner: 'ana', Name: 'web' },
    ...detail,
  },
  ...over,
});

const understood = (input: unknown) => {
  const meaning = tagChangeOf(input);
  if (meaning.kind === 'nothing') throw new Error(`nothing: ${meaning.reason}`);
  return meaning;
};
const codeOf = (input: unknown) => {
  const meaning = tagChangeOf(input);
  return meaning.kind === 'nothing' ? meaning.code : meaning.kind;
};

test('tells what is set and what is gone of the keys that changed, by nobody in particular', () => {
  assert.equal(understood(change()), {
    kind: 'tag-change',
    cause: {
      source: 'eventbridge',
      id: 'bddcf1d6-0251-35a1-aab0-adc1fb47c11c',
      name: 'Tag Change on Resource',
    },
    at: '2026-03-31T10:00:05.000Z',
    who: { name: 'unknown', kind: 'Unknown' },
    resources: [
      { region: 'eu-west-1', account: '111122223333', type: 'instance', id: 'i-0a1b2c3d4e5f60718' },
    ],
    set: [{ key: 'Owner', value: 'ana' }],
    removed: ['Team'],
    version: 3,
  });
});

test('a version that is no count is left out', () => {
  for (const version of [undefined, null, 0, 1.5, '3']) {
    assert.not('version' in understood(change({}, { version })));
  }
});

test('a resource without tags has lost those that changed', () => {
  for (const tags of [{}, null, undefined]) {
    assert.equal(understood(change({}, { tags })).removed, ['Owner', 'Team']);
  }
});

test('keys that mean something to JavaScript are keys like others', () => {
  const keys = ['__proto__', 'constructor', 'toString'];
  const tags: unknown = JSON.parse('{"__proto__":"a","constructor":"b"}');
  const { set, removed } = understood(change({}, { 'changed-tag-keys': keys, tags }));
  assert.equal(
    set.map(({ key, value }) => [key, value]),
    [
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ],
  );
  assert.equal(removed, ['toString']);
});

test('tags of AWS itself are no user tags', () => {
  const tags = { Owner: 'ana', 'aws:cloudformation:stack-name': 's' };
  const keys = ['Owner', 'aws:cloudformation:stack-name'];
  assert.equal(understood(change({}, { tags, 'changed-tag-keys': keys })).set, [
    { key: 'Owner', value: 'ana' },
  ]);
  assert.is(codeOf(change({}, { tags, 'changed-tag-keys': keys.slice(1) })), 'no-tags');
});

test('an ARN without account and Region gets those of the event', () => {
  const [resource] = understood(
    change({ resources: ['arn:aws:ec2:eu-west-1::snapshot/snap-0a1b'] }),
  ).resources;
  assert.is(resource && arnOf(resource), 'arn:aws:ec2:eu-west-1:111122223333:snapshot/snap-0a1b');
  const [regional] = understood(change({ resources: ['arn:aws:ec2:::image/ami-0a1b'] })).resources;
  assert.is(regional && arnOf(regional), 'arn:aws:ec2:eu-west-1:111122223333:image/ami-0a1b');
});

test('the id tells the type, so that the stream is the one that CloudTrail’s records lead to', () => {
  const arn = 'arn:aws:ec2:eu-west-1:111122223333:eip-allocation/eipalloc-0a1b';
  assert.is(understood(change({ resources: [arn] })).resources[0]?.type, 'elastic-ip');
});

test('a resource that is named twice is one', () => {
  assert.is(understood(change({ resources: [ARN, ARN] })).resources.length, 1);
});

for (const [what, input, code] of [
  ['another service', change({}, { service: 's3' }), 'not-ec2'],
  ['a name for an id', change({ resources: [ARN.replace(/instance.*/, 'key-pair/my-key')] }), 'no-id'],
  ['no resource', change({ resources: [] }), 'no-id'],
  [
    'no account',
    change({ account: null, resources: ['arn:aws:ec2:eu-west-1::image/ami-0a1b'] }),
    'no-account',
  ],
  ['no Region', change({ region: null, resources: ['arn:aws:ec2:::image/ami-0a1b'] }), 'no-id'],
] as const) {
  test(`with ${what} means nothing, with the reason`, () => assert.is(codeOf(input), code));
}

for (const [what, input] of [
  ['without an id', change({ id: '' })],
  ['at no real time', change({ time: '2026-02-30T00:00:00Z' })],
  ['without a detail', change({ detail: null })],
  ['with a tag that is no text', change({}, { tags: { Owner: 7 } })],
  ['with a key that is no text', change({}, { 'changed-tag-keys': [7] })],
  ['without resources', change({ resources: 'x' })],
] as const) {
  test(`is refused ${what}, with what to give`, () => {
    assert.ok(isTagChange(input));
    assert.throws(
      () => tagChangeOf(input),
      (error: unknown) => {
        assert.instance(error, InvalidInputError);
        assert.match(
          (error as Error).message,
          /^This event "Tag Change on Resource" cannot be used: it.+\. Give it as EventBridge delivers it\.$/,
        );
        return true;
      },
    );
  });
}

test('whatever stands in it, it is understood as something that the ledger can write, or refused', () => {
  const any = fc.oneof(
    fc.anything(),
    fc.array(fc.string({ unit: 'binary' })),
    fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })),
  );
  const members = fc.record(
    { id: any, time: any, account: any, region: any, resources: any },
    { requiredKeys: [] },
  );
  const details = fc.record({ 'changed-tag-keys': any, service: any, tags: any }, { requiredKeys: [] });
  fc.assert(
    fc.property(members, details, (over, detail) => {
      try {
        const meaning = tagChangeOf(change(over, detail));
        canonicalJson(meaning);
        if (meaning.kind === 'nothing') return;
        for (const resource of meaning.resources) assert.ok(isResourceArn(arnOf(resource)));
      } catch (error) {
        if (!(error instanceof InvalidInputError)) throw error;
      }
    }),
    { numRuns: 500 },
  );
});

test.run();
