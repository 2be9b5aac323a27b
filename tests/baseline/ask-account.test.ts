import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type AskDeps, askAccount } from '../../src/baseline/ask-account.ts';
import { ASKED_CALLS } from '../../src/baseline/asked-calls.ts';
import { composeBaseline } from '../../src/baseline/compose-baseline.ts';
import type { Ec2 } from '../../src/tagging/ec2/call.ts';

const test = suite('asking an account');

const ACCOUNT = '111122223333';
const volume = (n: number) => ({ VolumeId: `vol-0${String(n).padStart(16, '0')}`, State: 'in-use' });
const error = (name: string) => Object.assign(new Error(`${name}.`), { name });

type Answering = (operation: string, input: { readonly NextToken?: string }) => object | undefined;

/** Asks a made-up EC2. What it does not answer is an answer about nothing. */
const asked = async (answer: Answering, regions: readonly string[] = ['eu-west-1']) => {
  let clock = Date.parse('2026-03-31T09:00:00.000Z');
  const calls: string[] = [];
  const progress: (readonly [number, number])[] = [];
  const ec2 = (region: string): Ec2 => ({
    send: (async (command: { input: object; constructor: { name: string } }) => {
      const operation = command.constructor.name.replace(/Command$/, '');
      calls.push(`${region} ${operation}`);
      clock += 1_000;
      return answer(operation, command.input) ?? {};
    }) as Ec2['send'],
  });
  const deps: AskDeps = {
    ec2,
    now: () => new Date(clock),
    waiting: { sleep: async () => {}, remainingMs: () => Number.POSITIVE_INFINITY, random: () => 0 },
    onCall: (done, total) => progress.push([done, total]),
  };
  return { ...(await askAccount(deps, ACCOUNT, regions)), calls, progress };
};

test('each Region is asked with each call once, and every call tells how far it is', async () => {
  const { calls, progress } = await asked(() => undefined, ['eu-west-1', 'us-east-1']);
  const expected = ['eu-west-1', 'us-east-1'].flatMap((region) =>
    ASKED_CALLS.map(({ operation }) => `${region} ${operation}`),
  );
  assert.equal([...calls].sort(), [...expected].sort());
  assert.equal(progress.at(-1), [expected.length, expected.length]);
});

test('an answer of several pages is read to its end, and then lists all', async () => {
  const { answers } = await asked((operation, { NextToken: page }) => {
    if (operation !== 'DescribeVolumes') return undefined;
    return page ? { Volumes: [volume(2)] } : { Volumes: [volume(1)], NextToken: 'page 2' };
  });
  const { shown, covered } = composeBaseline(answers);
  assert.equal(
    shown.map(({ arn, tags }) => [arn, tags]),
    [1, 2].map((n) => [`arn:aws:ec2:eu-west-1:111122223333:volume/${volume(n).VolumeId}`, []]),
  );
  assert.ok(covered.has('arn:aws:ec2:eu-west-1:111122223333:volume'));
});

test('what was shown counts from the moment before its call', async () => {
  const { answers } = await asked((operation) =>
    operation === 'DescribeVolumes' ? { Volumes: [volume(1)] } : undefined,
  );
  const { since = '', shown } = composeBaseline(answers);
  assert.is(since, '2026-03-31T09:00:00.000Z');
  assert.ok((shown[0]?.at ?? '') >= since);
});

test('a throttled call is repeated', async () => {
  let throttled = 2;
  const { answers, failed } = await asked((operation) => {
    if (operation === 'DescribeVolumes' && throttled-- > 0) throw error('RequestLimitExceeded');
    return operation === 'DescribeVolumes' ? { Volumes: [volume(1)] } : undefined;
  });
  assert.equal(failed, []);
  assert.is(composeBaseline(answers).shown.length, 1);
});

test('a call that is denied is named, its type is not listed, and the others are made', async () => {
  const { answers, failed } = await asked((operation) => {
    if (operation === 'DescribeVolumes') throw error('UnauthorizedOperation');
    return operation === 'DescribeVpcs' ? { Vpcs: [{ VpcId: 'vpc-0a1b2c3d4e5f60718' }] } : undefined;
  });
  assert.equal(
    failed.map(({ operation, region, failure }) => [operation, region, failure.code]),
    [['DescribeVolumes', 'eu-west-1', 'UnauthorizedOperation']],
  );
  const { shown, covered } = composeBaseline(answers);
  assert.is(shown.length, 1);
  assert.not(covered.has('arn:aws:ec2:eu-west-1:111122223333:volume'));
  assert.ok(covered.has('arn:aws:ec2:eu-west-1:111122223333:snapshot'));
});

test('of its own snapshots and images only, also hidden and disabled ones, is asked', async () => {
  const inputs = new Map<string, object>();
  await asked((operation, input) => {
    inputs.set(operation, input);
    return undefined;
  });
  assert.equal(inputs.get('DescribeSnapshots'), { OwnerIds: ['self'], MaxResults: 1_000 });
  assert.equal(inputs.get('DescribeImages'), { Owners: ['self'], IncludeDisabled: true, MaxResults: 1_000 });
  assert.equal(inputs.get('DescribeInstances'), { IncludeManagedResources: true, MaxResults: 1_000 });
});

test.run();
