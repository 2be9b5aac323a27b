import { DescribeTagsCommand, type DescribeTagsCommandInput } from '@aws-sdk/client-ec2';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type SimulatedEc2Options, simulatedEc2 } from '../../../../src/embedded/simulated-aws/ec2/ec2.ts';

const test = suite('simulated EC2: DescribeTags');

const START = Date.parse('2026-03-31T12:00:00Z');
const SCOPE = { account: '111122223333', region: 'eu-west-1' };

const cloudWith = (options: Partial<SimulatedEc2Options> = {}) => {
  const clock = { ms: START };
  const cloud = simulatedEc2({ now: () => clock.ms, ...options });
  cloud.create({
    ...SCOPE,
    type: 'instance',
    id: 'i-1',
    tags: [
      { key: 'Owner', value: 'ada' },
      { key: 'Env', value: '' },
    ],
  });
  cloud.create({ ...SCOPE, type: 'instance', id: 'i-2', tags: [{ key: 'Owner', value: 'eve' }] });
  cloud.create({ ...SCOPE, type: 'volume', id: 'vol-1', tags: [{ key: 'Owner', value: 'a*a' }] });
  const ec2 = cloud.client(SCOPE.account, SCOPE.region);
  const describe = (input: DescribeTagsCommandInput = {}) => ec2.send(new DescribeTagsCommand(input));
  const found = async (...Filters: [name: string, ...values: string[]][]) => {
    const { Tags = [] } = await describe({ Filters: Filters.map(([Name, ...Values]) => ({ Name, Values })) });
    return Tags.map(({ ResourceId, Key }) => `${ResourceId} ${Key}`);
  };
  return { clock, cloud, describe, found };
};

const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'no refusal',
    (error: unknown) => (error as Error).name,
  );

test('DescribeTags gives each tag with its resource', async () => {
  const { describe } = cloudWith();
  const { Tags = [], NextToken, $metadata } = await describe();
  assert.equal(Tags[0], { Key: 'Env', Value: '', ResourceId: 'i-1', ResourceType: 'instance' });
  assert.is(Tags.length, 4);
  assert.is(NextToken, undefined);
  assert.is($metadata.httpStatusCode, 200);
});

test('the values of a filter are alternatives, several filters must all fit', async () => {
  const { found } = cloudWith();
  assert.equal(await found(['resource-id', 'i-1', 'vol-1'], ['key', 'Owner']), ['i-1 Owner', 'vol-1 Owner']);
  assert.equal(await found(['resource-type', 'volume']), ['vol-1 Owner']);
  assert.equal(await found(['value', 'eve', '']), ['i-1 Env', 'i-2 Owner']);
  assert.equal(await found(['tag:Owner', 'ada']), ['i-1 Owner']);
  assert.equal(await found(['key', 'owner']), []);
  assert.equal(await found(['resource-id', 'i-9']), []);
});

test('a star and a question mark are wildcards, unless a backslash stands before them; a dot is a dot', async () => {
  const { found } = cloudWith();
  assert.equal(await found(['value', 'a*']), ['i-1 Owner', 'vol-1 Owner']);
  assert.equal(await found(['value', 'a?a']), ['i-1 Owner', 'vol-1 Owner']);
  assert.equal(await found(['value', 'a\\*a']), ['vol-1 Owner']);
  assert.equal(await found(['value', 'a.a']), []);
  assert.equal(await found(['resource-id', 'i-*'], ['key', 'Owner']), ['i-1 Owner', 'i-2 Owner']);
});

test('an unknown filter is refused', async () => {
  assert.is(await codeOf(cloudWith().found(['colour', 'red'])), 'InvalidParameterValue');
  assert.is(await codeOf(cloudWith().found(['tag:', 'red'])), 'InvalidParameterValue');
});

test('200 filter values fit in a call, 201 do not', async () => {
  const { found } = cloudWith();
  const ids = Array.from({ length: 200 }, (_, n) => `i-${n.toString(16)}`);
  assert.is((await found(['resource-id', ...ids])).length, 3);
  assert.is(await codeOf(found(['resource-id', ...ids], ['key', 'Owner'])), 'FilterLimitExceeded');
});

for (const [size, result] of [
  [4, 'InvalidParameterValue'],
  [5, 'no refusal'],
  [1000, 'no refusal'],
  [1001, 'InvalidParameterValue'],
] as const) {
  test(`a page size of ${size} gives ${result}`, async () => {
    assert.is(await codeOf(cloudWith().describe({ MaxResults: size })), result);
  });
}

test('pages give every tag once, in order, although tags come and go between them', async () => {
  const { cloud, describe } = cloudWith();
  const id = { ...SCOPE, type: 'subnet', id: 'subnet-1' };
  cloud.create({ ...id, tags: 'abcdefgh'.split('').map((key) => ({ key, value: 'v' })) });
  const first = await describe({ MaxResults: 5 });
  await cloud.deleteTags({ ...SCOPE, type: 'instance', id: 'i-1' }, ['Env']);
  const second = await describe({ MaxResults: 5, ...token(first) });
  const third = await describe({ MaxResults: 5, ...token(second) });
  const keys = [first, second, third].map(({ Tags = [] }) => Tags.map(({ Key }) => Key).join(' '));
  assert.equal(keys, ['Env Owner Owner a b', 'c d e f g', 'h Owner']);
  assert.is(third.NextToken, undefined);
});

const token = ({ NextToken }: { NextToken?: string | undefined }) => {
  assert.type(NextToken, 'string');
  return { NextToken };
};

test('a page that ends with the last tag has no token', async () => {
  const { cloud, describe } = cloudWith();
  await cloud.setTags({ ...SCOPE, type: 'instance', id: 'i-2' }, [{ key: 'Fifth', value: '' }]);
  assert.is((await describe({ MaxResults: 5 })).NextToken, undefined);
});

test('without a page size a page ends after 1,000 tags', async () => {
  const { cloud, describe } = cloudWith();
  for (let n = 0; n < 999; n += 1) {
    cloud.create({ ...SCOPE, type: 'subnet', id: `subnet-${n}`, tags: [{ key: 'k', value: 'v' }] });
  }
  const first = await describe();
  assert.is(first.Tags?.length, 1000);
  assert.is((await describe({ ...token(first) })).Tags?.length, 3);
});

test('a token that was never given is refused', async () => {
  for (const NextToken of ['nonsense', '', Buffer.from('[1]').toString('base64url')]) {
    assert.is(await codeOf(cloudWith().describe({ NextToken })), 'InvalidNextToken');
  }
});

test('a resource shows its tags only when it is visible', async () => {
  const { clock, found } = cloudWith({ visibleAfterMs: 1000 });
  assert.equal(await found(['resource-id', 'i-2']), []);
  clock.ms += 1000;
  assert.equal(await found(['resource-id', 'i-2']), ['i-2 Owner']);
});

test('ids that are asked for and not in memory are looked up', async () => {
  const { found } = cloudWith({
    lookup: async () => ({ type: 'volume', tags: [{ key: 'Team', value: 'blue' }] }),
  });
  assert.equal(await found(['resource-id', 'vol-5']), ['vol-5 Team']);
});

test('a dry run describes nothing', async () => {
  assert.is(await codeOf(cloudWith().describe({ DryRun: true })), 'DryRunOperation');
});

test.run();
