import { readFileSync } from 'node:fs';
import {
  DescribeImagesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSnapshotsCommand,
  DescribeVolumesCommand,
} from '@aws-sdk/client-ec2';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { TYPES } from '../../../src/cloudtrail/operations/generated.ts';
import { type SimulatedEc2Options, simulatedEc2 } from '../../../src/embedded/simulated-aws/ec2/ec2.ts';
import { ec2Error } from '../../../src/embedded/simulated-aws/ec2/error.ts';
import { virtualClock } from '../../../src/embedded/simulated-aws/virtual-clock.ts';
import type { Tag } from '../../../src/events/tag.ts';
import { CHILD_RULES } from '../../../src/tagging/children/child-rules.ts';
import { findChildren, type Parent, type Search } from '../../../src/tagging/children/find-children.ts';
import type { Ec2 } from '../../../src/tagging/ec2/call.ts';

const test = suite('children');

const START = Date.parse('2026-03-31T12:00:00.000Z');
const SCOPE = { account: '111122223333', region: 'eu-west-1' };
const DENIED = ec2Error({ code: 'UnauthorizedOperation', message: 'You are not authorized.' }, 'r');
const THROTTLED = ec2Error({ code: 'RequestLimitExceeded', message: 'Request limit exceeded.' }, 'r');

/** A simulated cloud on a clock that skips its waits, and the search over it. */
const world = (options: Partial<SimulatedEc2Options> = {}) => {
  const clock = virtualClock(() => START);
  const cloud = simulatedEc2({ now: clock.now, ...options });
  const client = cloud.client(SCOPE.account, SCOPE.region);
  const calls: { name: string; values: number; token: boolean }[] = [];
  const send = (command: DescribeVolumesCommand) => {
    const { Filters = [], NextToken } = command.input;
    const values = Filters.reduce((sum, { Values = [] }) => sum + Values.length, 0);
    calls.push({ name: command.constructor.name, values, token: NextToken !== undefined });
    return client.send(command);
  };
  return {
    clock,
    cloud,
    calls,
    elapsedMs: () => clock.now() - START,
    /** A parent, which is born now and made in the cloud; `over` replaces what the search is told of it. */
    bear: (type: string, id: string, over: Partial<Parent> = {}): Parent => {
      const parent: Parent = { type, id, bornAt: clock.now(), ...over };
      cloud.create({ ...SCOPE, type, id, at: parent.bornAt, ...(parent.from && { by: parent.from }) });
      return parent;
    },
    attach: (type: string, id: string, attachedTo: string, at = clock.now(), tags: readonly Tag[] = []) =>
      cloud.create({ ...SCOPE, type, id, attachedTo, at, tags }),
    find: (parents: readonly Parent[], search: Partial<Search> = {}) =>
      findChildren({ send } as Ec2, parents, {
        sleep: clock.sleep,
        remainingMs: () => 3_600_000,
        random: () => 0.5,
        now: clock.now,
        wants: () => true,
        ...search,
      }),
  };
};

const namesOf = ({ children }: Awaited<ReturnType<typeof findChildren>>): string[] =>
  children.map(({ parent, type }) => `${parent.id} ${type}`).sort();

const instances = (count: number): string[] =>
  Array.from({ length: count }, (_, n) => `i-${n.toString(16).padStart(8, '0')}`);

test('an instance has its volume, a VPC its three defaults, a new image its snapshot, and nothing else has any', async () => {
  const { bear, attach, find } = world();
  const parents = [
    bear('instance', 'i-01', { from: 'RunInstances' }),
    bear('vpc', 'vpc-01', { from: 'CreateVpc' }),
    bear('image', 'ami-01', { from: 'CreateImage' }),
    bear('image', 'ami-02', { from: 'CopyImage' }),
    bear('vpn-connection', 'vpn-01', { from: 'CreateVpnConnection' }),
    bear('subnet', 'subnet-01'),
    bear('volume', 'vol-01'),
  ];
  attach('transit-gateway-attachment', 'tgw-attach-01', 'vpn-01');
  const found = await find(parents);
  assert.equal(namesOf(found), [
    'ami-01 snapshot',
    'ami-02 snapshot',
    'i-01 volume',
    'vpc-01 network-acl',
    'vpc-01 route-table',
    'vpc-01 security-group',
    'vpn-01 transit-gateway-attachment',
  ]);
  assert.equal([found.failures, found.unshown], [[], []]);
});

test('only what came with a VPC is its child, not what somebody made in it', async () => {
  const { bear, attach, find } = world();
  const vpc = bear('vpc', 'vpc-01');
  attach('security-group', 'sg-01', 'vpc-01');
  attach('network-acl', 'acl-01', 'vpc-01');
  attach('route-table', 'rtb-01', 'vpc-01');
  const { children } = await find([vpc]);
  assert.is(children.length, 3);
  for (const { id } of children) assert.not(['sg-01', 'acl-01', 'rtb-01'].includes(id));
});

test('the tags that a child bears are told, sorted, without those of AWS', async () => {
  const { bear, attach, find } = world();
  const instance = bear('instance', 'i-01');
  const tags = [
    { key: 'Name', value: 'data' },
    { key: 'aws:ec2launchtemplate:id', value: 'lt-01' },
    { key: 'App', value: '' },
  ];
  attach('volume', 'vol-01', 'i-01', START, tags);
  const child = (await find([instance])).children.find(({ id }) => id === 'vol-01');
  assert.equal(child?.tags, [
    { key: 'App', value: '' },
    { key: 'Name', value: 'data' },
  ]);
});

for (const [what, madeAt, isChild] of [
  ['an hour before its instance', -3_600_000, false],
  ['three seconds before it', -3_000, false],
  ['a second before it, by another clock', -1_000, true],
  ['with it', 0, true],
  ['five minutes after it', 300_000, true],
  ['later than that', 300_001, false],
] as const) {
  test(`a volume that was made ${what} is ${isChild ? 'its child' : 'no child of it'}`, async () => {
    const { bear, attach, find } = world();
    const instance = bear('instance', 'i-01', { bornAt: START - 600_000 });
    attach('volume', 'vol-01', 'i-01', START - 600_000 + madeAt);
    const ids = (await find([instance])).children.map(({ id }) => id);
    assert.is(ids.includes('vol-01'), isChild);
    assert.is(ids.length, isChild ? 2 : 1, 'the root volume is always there');
  });
}

test('a snapshot that is older than the image is no child of it, also when the image was made by CreateImage', async () => {
  const { bear, attach, find } = world();
  const image = bear('image', 'ami-01', { from: 'CreateImage' });
  attach('snapshot', 'snap-01', 'ami-01', START - 60_000);
  const { children } = await find([image]);
  assert.is(children.length, 1);
  assert.is.not(children[0]?.id, 'snap-01');
});

test('an image that was registered is not looked at', async () => {
  const { bear, attach, calls, find } = world();
  const image = bear('image', 'ami-01', { from: 'RegisterImage' });
  attach('snapshot', 'snap-01', 'ami-01');
  assert.equal(await find([image]), { children: [], failures: [], unshown: [] });
  assert.equal(await find([{ ...image, from: undefined }]), { children: [], failures: [], unshown: [] });
  assert.equal(calls, []);
});

test('what nobody wants costs no call', async () => {
  const { bear, calls, find } = world();
  const vpc = bear('vpc', 'vpc-01');
  const found = await find([vpc], { wants: (type) => type === 'route-table' });
  assert.equal(namesOf(found), ['vpc-01 route-table']);
  assert.equal(
    calls.map(({ name }) => name),
    ['DescribeRouteTablesCommand'],
  );
});

test('a call asks for 200 values at most, all its filters together, and its pages are read to the end', async () => {
  const { bear, calls, find } = world();
  const parents = instances(201).map((id) => bear('instance', id));
  assert.is((await find(parents)).children.length, 201);
  assert.equal(
    calls.map(({ values, token }) => [values, token]),
    [
      [200, false],
      [200, true],
      [1, false],
    ],
  );
  calls.length = 0;
  const vpcs = Array.from({ length: 200 }, (_, n) => bear('vpc', `vpc-${n.toString(16)}`));
  assert.is((await find(vpcs, { wants: (type) => type === 'security-group' })).children.length, 200);
  assert.equal(
    calls.map(({ values }) => values),
    [200, 200, 2],
  );
});

test('more snapshots than fit into one call are described in several', async () => {
  const { bear, attach, calls, find } = world();
  const image = bear('image', 'ami-01', { from: 'CreateImage' });
  for (let n = 0; n < 200; n++) attach('snapshot', `snap-${n.toString(16)}`, 'ami-01');
  assert.is((await find([image])).children.length, 201);
  assert.equal(
    calls.map(({ name, values }) => [name.slice(8, -7), values]),
    [
      ['Images', 1],
      ['Snapshots', 200],
      ['Snapshots', 200],
      ['Snapshots', 1],
    ],
  );
});

test('a child that EC2 shows a little later is looked for again, and those that were found are not', async () => {
  const { bear, calls, find } = world({ visibleAfterMs: 2_000 });
  const [first, second] = [bear('instance', 'i-01', { bornAt: START - 10_000 }), bear('instance', 'i-02')];
  const found = await find([first, second]);
  assert.equal(namesOf(found), ['i-01 volume', 'i-02 volume']);
  assert.equal(found.unshown, []);
  assert.equal(
    calls.map(({ values }) => values),
    [2, 1, 1, 1, 1],
  );
});

test('a young parent whose children do not come in time is told, an old one has none', async () => {
  const { bear, calls, find } = world({ visibleAfterMs: 3_600_000 });
  const [young, old] = [bear('instance', 'i-01'), bear('instance', 'i-02', { bornAt: START - 60_000 })];
  const found = await find([young, old]);
  assert.equal(found, { children: [], failures: [], unshown: [young] });
  assert.is(calls.length, 6);
});

test('a parent that comes of age while its children are waited for is let go', async () => {
  const { bear, find, elapsedMs } = world({ visibleAfterMs: 3_600_000 });
  assert.equal((await find([bear('instance', 'i-01', { bornAt: START - 58_000 })])).unshown, []);
  assert.ok(elapsedMs() > 2_000 && elapsedMs() < 10_000);
});

test('the snapshots of an image are waited for longer, also while only the image names them', async () => {
  const isSnapshot = (id: string) => id.startsWith('snap-');
  const { bear, find } = world({ visibleAfterMs: (id) => (isSnapshot(id) ? 3_600_000 : 0) });
  const age = (ms: number) => bear('image', `ami-${ms}`, { from: 'CreateImage', bornAt: START - ms });
  const [young, old] = [age(200_000), age(300_000)];
  assert.equal((await find([young, old])).unshown, [young]);
  const { calls, ...other } = world({
    fault: (command) => (command instanceof DescribeSnapshotsCommand ? THROTTLED : undefined),
  });
  const found = await other.find([other.bear('image', 'ami-01', { from: 'CreateImage' })]);
  assert.equal(
    found.failures.map(({ action, failure }) => [action, failure.class]),
    [['DescribeSnapshots', 'throttled']],
  );
  assert.is(calls.filter(({ name }) => name === DescribeSnapshotsCommand.name).length, 6);
});

test('a throttled look is repeated until the bucket has a token, without hurry', async () => {
  const { bear, cloud, find, elapsedMs } = world();
  const instance = bear('instance', 'i-01');
  const other = cloud.client(SCOPE.account, SCOPE.region);
  for (let n = 0; n < 100; n++) await other.send(new DescribeVolumesCommand({}));
  const found = await find([instance]);
  assert.equal(namesOf(found), ['i-01 volume']);
  assert.ok(elapsedMs() >= 50 && elapsedMs() < 1_000, `${elapsedMs()} ms`);
});

test('a denied look is made once, says which action is missing, and does not keep the others away', async () => {
  const { bear, calls, find } = world({
    fault: (command) => (command instanceof DescribeSecurityGroupsCommand ? DENIED : undefined),
  });
  const [vpc, instance] = [bear('vpc', 'vpc-01'), bear('instance', 'i-01')];
  const found = await find([vpc, instance]);
  assert.equal(namesOf(found), ['i-01 volume', 'vpc-01 network-acl', 'vpc-01 route-table']);
  assert.equal(
    found.failures.map(({ action, failure, parents }) => [action, failure.class, parents]),
    [['DescribeSecurityGroups', 'denied', [vpc]]],
  );
  assert.is(calls.length, 4);
});

test('the failure of one call of many is that of its own parents', async () => {
  let count = 0;
  const { bear, find } = world({ fault: () => (count++ === 0 ? DENIED : undefined) });
  const parents = instances(250).map((id) => bear('instance', id));
  const { children, failures } = await find(parents);
  assert.is(children.length, 50);
  assert.is(failures[0]?.parents.length, 200);
});

test('without time left EC2 is not called, and nothing counts as looked for', async () => {
  const { bear, calls, find } = world();
  const { failures } = await find([bear('instance', 'i-01')], { remainingMs: () => 0 });
  assert.equal(
    failures.map(({ failure }) => [failure.code, failure.class]),
    [['OutOfTime', 'unavailable']],
  );
  assert.equal(calls, []);
});

test('whatever EC2 answers or throws, there is a result', async () => {
  const { bear, find } = world({ fault: () => Object.assign(new Error('?'), { name: '' }) });
  const parents = [
    bear('instance', 'i-01'),
    bear('vpc', 'vpc-01'),
    bear('image', 'ami-01', { from: 'CreateImage' }),
  ];
  assert.is((await find(parents)).failures.length, 5);
  for (const answer of [undefined, {}, { Volumes: [{}], Images: [{ BlockDeviceMappings: [{}] }] }]) {
    const ec2 = { send: async () => answer } as unknown as Ec2;
    const { children } = await findChildren(ec2, parents, {
      sleep: async () => undefined,
      remainingMs: () => 1_000,
      now: () => START + 3_600_000,
      wants: () => true,
    });
    assert.equal(children, []);
  }
});

test('the first look at an image that is not there yet is no failure', async () => {
  const { find, calls } = world();
  const image = { type: 'image', id: 'ami-01', bornAt: START - 3_600_000, from: 'CreateImage' };
  assert.equal(await find([image]), { children: [], failures: [], unshown: [] });
  assert.equal(
    calls.map(({ name }) => name),
    [DescribeImagesCommand.name],
  );
});

test('every type is one that EC2 has, and every operation is among the permissions that the reference names', () => {
  const page = readFileSync('docs/reference/iam.md', 'utf8');
  for (const { parent, child, look, details = look } of CHILD_RULES) {
    assert.ok(TYPES.includes(parent) && TYPES.includes(child), `${parent} ${child}`);
    for (const { action } of [look, details]) assert.match(page, `ec2:${action}`);
  }
});

test.run();
