import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryCoordinationStore } from '../../src/adapters/memory/coordination-store.ts';
import { memoryStore } from '../../src/adapters/memory/event-store.ts';
import { confidenceOf } from '../../src/cloudtrail/identity/confidence.ts';
import { principalOf } from '../../src/cloudtrail/identity/principal.ts';
import { pseudonyms } from '../../src/cloudtrail/identity/pseudonymize.ts';
import { parseRecord } from '../../src/cloudtrail/record.ts';
import type { CoordinationStore, Memo } from '../../src/coordination/coordination-store.ts';
import { arnOf } from '../../src/events/resource-arn.ts';
import type { TagEvent, Who } from '../../src/events/tag-event.ts';
import { rememberGroups } from '../../src/intake/group-attribution.ts';
import { request } from '../../src/intake/intake.ts';
import { parseTagRules } from '../../src/tagging/rules/tag-rules.ts';
import { rejectionOf } from '../support/async.ts';
import { response, sample } from '../support/cloudtrail/samples.ts';
import { launch, sessionOf, tagging } from '../support/cloudtrail/trail.ts';
import { GONE, remembering, tickingClock, watched } from '../support/doubles.ts';
import { streamOf } from '../support/events.ts';

const test = suite('the persons behind services');

const FLEET = 'fleet-0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f0';
const SPOT_FLEET = 'sfr-0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f0';
const TEMPLATE = 'lt-0a1b2c3d4e5f60718';
const RESERVATIONS = 'crf-0a1b2c3d4e5f60718';
const ADA = { name: 'ada', arn: 'arn:aws:iam::111122223333:user/team/ada', kind: 'IAMUser' };
const SERVICE = {
  userIdentity: {
    ...sessionOf('AWSServiceRoleForEC2Fleet', 'fleet'),
    invokedBy: 'ec2fleet.amazonaws.com',
  },
  sourceIPAddress: 'ec2fleet.amazonaws.com',
};

/** A launch of i-0abc by the service; the instance bears this tag of AWS's. */
const launched = (tag?: readonly [key: string, value: string], over: object = {}) =>
  launch(['i-0abc'], {
    ...SERVICE,
    responseElements: {
      instancesSet: {
        items: [{ instanceId: 'i-0abc', tagSet: { items: tag ? [{ key: tag[0], value: tag[1] }] : [] } }],
      },
    },
    ...over,
  });
const made = (operation: string, body: object, over: object = {}) =>
  sample(operation, {
    eventID: `making by ${operation}`,
    eventTime: '2026-03-31T10:00:00Z',
    responseElements: response(operation, body, 'wrapped'),
    ...over,
  });
const FLEET_MADE = made('CreateFleet', { fleetId: FLEET });
const TEMPLATE_MADE = made('CreateLaunchTemplate', { launchTemplate: { launchTemplateId: TEMPLATE } });
const byTemplate = { requestParameters: { launchTemplate: { launchTemplateId: TEMPLATE } } };

const SPOT = 'sir-abcd1234';
const launchedForSpot = (...ids: readonly string[]) =>
  launch(['i-0abc'], {
    userIdentity: { type: 'AWSService', invokedBy: 'spot.amazonaws.com' },
    sourceIPAddress: 'spot.amazonaws.com',
    responseElements: {
      instancesSet: {
        items: ids.map((spotInstanceRequestId, i) => ({
          instanceId: i === 0 ? 'i-0abc' : `i-0abc${i}`,
          spotInstanceRequestId,
          instanceLifecycle: 'spot',
        })),
      },
    },
  });
const GROUP_MADE = sample('CreateAutoScalingGroup', {
  eventID: 'making the group',
  eventSource: 'autoscaling.amazonaws.com',
  eventTime: '2026-03-31T10:00:00Z',
  requestParameters: { autoScalingGroupName: 'web', minSize: 1, maxSize: 1 },
});
const BY_GROUP = {
  userIdentity: {
    ...sessionOf('AWSServiceRoleForAutoScaling', 'AutoScaling'),
    invokedBy: 'autoscaling.amazonaws.com',
  },
  sourceIPAddress: 'autoscaling.amazonaws.com',
};
const launchedFor = (group: string, over: object = {}) =>
  launched(['aws:autoscaling:groupName', group], { ...BY_GROUP, ...over });

const setUp = (isJoined = false) => {
  const store = watched(memoryStore());
  const ledger = {
    store,
    eventFormat: 1 as const,
    now: tickingClock('2026-04-01T00:05:00.000Z'),
    wait: async () => undefined,
  };
  const { telemetry } = remembering();
  const rules = parseTagRules('{"Owner":"{who.name}"}');
  const handle = request({
    ledger,
    rules,
    telemetry,
    ...(isJoined && { coordination: memoryCoordinationStore() }),
  });
  return {
    store,
    run: (input: unknown) => handle(input, 'invocation 1'),
    whoMade: async (id = 'i-0abc', type = 'instance') => {
      const [first] = await store.read(arnOf({ account: '111122223333', region: 'eu-west-1', type, id }));
      assert.ok(first);
      return (first.event as TagEvent & { who: Who }).who;
    },
  };
};

test('what a fleet launches is its maker’s, through the service', async () => {
  const { run, whoMade } = setUp();
  await run(FLEET_MADE);
  await run(launched(['aws:ec2:fleet-id', FLEET]));
  const who = await whoMade();
  assert.equal(who, { ...ADA, via: 'ec2fleet.amazonaws.com', found: 'parent' });
  assert.is(confidenceOf(who), 'person');
});

for (const [what, parent, child, via] of [
  [
    'a Spot fleet',
    made('RequestSpotFleet', { spotFleetRequestId: SPOT_FLEET }),
    launched(['aws:ec2spot:fleet-request-id', SPOT_FLEET]),
    'ec2fleet.amazonaws.com',
  ],
  [
    'a Spot request',
    made('RequestSpotInstances', { spotInstanceRequestSet: { item: { spotInstanceRequestId: SPOT } } }),
    launchedForSpot(SPOT),
    'spot.amazonaws.com',
  ],
] as const) {
  test(`what is launched for ${what} is its maker’s, also within one input`, async () => {
    for (const inputs of [[parent, child], [[child, parent]]]) {
      const { run, whoMade } = setUp();
      for (const input of inputs) await run(input);
      assert.equal(await whoMade(), { ...ADA, via, found: 'parent' });
    }
  });
}

test('a reservation of a capacity reservation fleet is the fleet’s maker’s', async () => {
  const { run, whoMade } = setUp();
  const id = 'cr-0a1b2c3d4e5f60718';
  await run([
    made('CreateCapacityReservationFleet', { capacityReservationFleetId: RESERVATIONS }),
    made(
      'CreateCapacityReservation',
      { capacityReservation: { capacityReservationId: id, capacityReservationFleetId: RESERVATIONS } },
      SERVICE,
    ),
  ]);
  assert.is((await whoMade(id, 'capacity-reservation')).name, 'ada');
});

test('a network interface that a service makes for an instance is the instance’s maker’s', async () => {
  const { run, whoMade } = setUp();
  const networkInterface = { networkInterfaceId: 'eni-0abc', attachment: { instanceId: 'i-0def' } };
  await run(launch(['i-0def']));
  await run(sample('CreateNetworkInterface', { ...SERVICE, responseElements: { networkInterface } }));
  assert.is((await whoMade('eni-0abc', 'network-interface')).name, 'ada');
});

const BEA = { userIdentity: { type: 'IAMUser', userName: 'bea' } };

test('the writer of a launch template launched nothing, whatever else is known', async () => {
  for (const child of [
    launched(undefined, byTemplate),
    launched(['aws:ec2launchtemplate:id', TEMPLATE]),
    launched(['aws:ec2:fleet-id', FLEET], byTemplate),
    launched(['aws:autoscaling:groupName', 'web'], { ...BY_GROUP, ...byTemplate }),
    { ...launchedForSpot(SPOT), ...byTemplate },
  ]) {
    const { run, whoMade } = setUp(true);
    await run([TEMPLATE_MADE, child]);
    assert.is(confidenceOf(await whoMade()), 'service');
  }
  const { run, whoMade } = setUp();
  await run([TEMPLATE_MADE, { ...FLEET_MADE, ...BEA }, launched(['aws:ec2:fleet-id', FLEET], byTemplate)]);
  assert.is((await whoMade()).name, 'bea');
});

test('a launch for Spot requests of different people is nobody’s but the service’s', async () => {
  const requested = (id: string, over: object) =>
    made(
      'RequestSpotInstances',
      { spotInstanceRequestSet: { item: { spotInstanceRequestId: id } } },
      { eventID: id, ...over },
    );
  for (const [other, expected] of [
    [{}, 'person'],
    [BEA, 'service'],
  ] as const) {
    const { run, whoMade } = setUp();
    await run([requested(SPOT, {}), requested('sir-efgh5678', other), launchedForSpot(SPOT, 'sir-efgh5678')]);
    assert.is(confidenceOf(await whoMade()), expected);
  }
});

test('what Auto Scaling launches is the creator’s of its group, whatever the order', async () => {
  const { run, whoMade } = setUp();
  await run([launchedFor('web'), GROUP_MADE]);
  assert.equal(await whoMade(), { ...ADA, via: 'autoscaling.amazonaws.com', found: 'parent' });
});

test('a group is remembered for later inputs where identities are joined, and not otherwise', async () => {
  for (const [isJoined, expected] of [
    [true, ['ada', 'person']],
    [false, ['AutoScaling', 'service']],
  ] as const) {
    const { run, whoMade } = setUp(isJoined);
    const [remembered] = await run(GROUP_MADE);
    assert.is(remembered?.why, isJoined ? 'remembered' : 'not-ec2');
    await run(GROUP_MADE);
    await run(launchedFor('web'));
    const who = await whoMade();
    assert.equal([who.name, confidenceOf(who)], expected);
  }
});

test('a group’s name may be used again: the last creation before the launch counts', async () => {
  const again = (over: object) => ({ ...GROUP_MADE, eventTime: '2026-03-31T12:00:00Z', ...over });
  const asRole = { userIdentity: sessionOf('deploy', 'ci') };
  for (const [inputs, eventTime, expected] of [
    [[again(BEA), GROUP_MADE], '2026-03-31T11:00:00Z', ['ada', 'person']],
    [[again(BEA), GROUP_MADE], '2026-03-31T12:00:00Z', ['bea', 'person']],
    [[again(asRole), GROUP_MADE], '2026-03-31T12:00:01Z', ['AutoScaling', 'service']],
    [[again(BEA), GROUP_MADE], '2026-03-31T09:00:00Z', ['AutoScaling', 'service']],
  ] as const) {
    for (const isOneInput of [true, false]) {
      const { run, whoMade } = setUp(true);
      if (isOneInput) await run([...inputs]);
      else for (const input of inputs) await run(input);
      await run(launchedFor('web', { eventTime }));
      const who = await whoMade();
      assert.equal([who.name, confidenceOf(who)], expected);
    }
  }
});

test('a group of another name, account or Region, or whose creation failed, has launched nothing', async () => {
  for (const over of [
    { requestParameters: { autoScalingGroupName: 'Web' } },
    { awsRegion: 'us-east-1' },
    { recipientAccountId: '444455556666' },
    { errorCode: 'AlreadyExists' },
    { eventSource: 'application-autoscaling.amazonaws.com' },
  ]) {
    const { run, whoMade } = setUp(true);
    await run([{ ...GROUP_MADE, ...over }, launchedFor('web')]);
    assert.is(confidenceOf(await whoMade()), 'service');
  }
});

test('the root user as which Auto Scaling acted before 2018 is no person, and its launch is the group’s creator’s', async () => {
  const asRoot = {
    userIdentity: {
      type: 'Root',
      arn: 'arn:aws:iam::111122223333:root',
      invokedBy: 'autoscaling.amazonaws.com',
    },
  };
  const { run, whoMade } = setUp();
  await run(launchedFor('web', asRoot));
  const root = await whoMade();
  assert.equal([root.name, root.via, confidenceOf(root)], ['root', 'autoscaling.amazonaws.com', 'account']);
  const other = setUp();
  await other.run([GROUP_MADE, launchedFor('web', asRoot)]);
  assert.is((await other.whoMade()).name, 'ada');
});

test('a memo of a group holds its creator’s pseudonym where identities are hashed', async () => {
  const memory = memoryCoordinationStore();
  const swapped: Memo[] = [];
  const coordination: CoordinationStore = {
    ...memory,
    swap: (memo, seen) => {
      swapped.push(memo);
      return memory.swap(memo, seen);
    },
  };
  const record = parseRecord(GROUP_MADE);
  const pseudonymize = pseudonyms(Buffer.alloc(32, 1));
  await rememberGroups(coordination, [record], principalOf, pseudonymize);
  assert.equal(
    swapped.map(({ key, value }) => [key.split('/')[0], JSON.stringify(value).includes('ada')]),
    [['group', false]],
  );
  const known = await rememberGroups(coordination, [parseRecord(launchedFor('web'))], principalOf);
  assert.match(known.creatorFor(parseRecord(launchedFor('web')))?.name ?? '', /^hashed:/);
});

for (const [what, parents, child] of [
  ['the ledger does not know the parent', [], launched(['aws:ec2:fleet-id', FLEET])],
  [
    'the parent’s maker is no person',
    [{ ...FLEET_MADE, userIdentity: sessionOf('deploy', 'ci') }],
    launched(['aws:ec2:fleet-id', FLEET]),
  ],
  ['the record names no parent', [FLEET_MADE, TEMPLATE_MADE], launched()],
  ['the parent is none', [FLEET_MADE], launched(['aws:ec2:fleet-id', 'not an id'])],
  [
    'the parent is in another Region',
    [{ ...FLEET_MADE, awsRegion: 'us-east-1' }],
    launched(['aws:ec2:fleet-id', FLEET]),
  ],
] as const) {
  test(`where ${what} the service stays the maker`, async () => {
    const { run, whoMade } = setUp();
    await run([...parents]);
    await run(child);
    const who = await whoMade();
    assert.equal([confidenceOf(who), who.found], ['service', undefined]);
  });
}

test('a person’s own launch, and a service’s change of tags, are not their parents’', async () => {
  const { run, whoMade } = setUp();
  const bea = { userIdentity: { type: 'IAMUser', userName: 'bea' }, sourceIPAddress: '203.0.113.9' };
  await run([
    FLEET_MADE,
    launched(['aws:ec2:fleet-id', FLEET], bea),
    tagging('i-0def', { 'aws:ec2:fleet-id': FLEET, Owner: 'x' }, SERVICE),
  ]);
  assert.is((await whoMade()).name, 'bea');
  assert.is(confidenceOf(await whoMade('i-0def')), 'service');
});

test('a parent that was made in a role session is the person’s who assumed the role', async () => {
  const { run, whoMade } = setUp(true);
  const key = 'ASIAMADEUP0000000001';
  await run([
    launched(['aws:ec2:fleet-id', FLEET]),
    { ...FLEET_MADE, userIdentity: { ...sessionOf('deploy', 'ci'), accessKeyId: key } },
    sample('AssumeRole', {
      eventSource: 'sts.amazonaws.com',
      responseElements: { credentials: { accessKeyId: key } },
    }),
  ]);
  assert.equal(await whoMade(), { ...ADA, via: 'ec2fleet.amazonaws.com', found: 'parent' });
});

test('each parent is read once for an input, and nothing is read where no service made anything', async () => {
  const { run, store } = setUp();
  await run(FLEET_MADE);
  store.forgetCalls();
  await run([
    launched(['aws:ec2:fleet-id', FLEET]),
    { ...launched(['aws:ec2:fleet-id', FLEET]), eventID: 'another' },
  ]);
  assert.is(store.calls.read.filter((stream) => stream.endsWith(FLEET)).length, 1);
  store.forgetCalls();
  await run(launch(['i-0def']));
  assert.equal(store.calls.read, []);
});

test('when a parent cannot be read the call rejects and records nothing', async () => {
  const { run, store } = setUp();
  store.failRead = (stream) => (stream.endsWith(FLEET) ? GONE : undefined);
  assert.is(await rejectionOf(run(launched(['aws:ec2:fleet-id', FLEET]))), GONE);
  store.failRead = undefined;
  assert.equal(await store.read(streamOf('i-0abc')), []);
});

test.run();
