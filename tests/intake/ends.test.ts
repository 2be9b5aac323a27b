import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryStore } from '../../src/adapters/memory/event-store.ts';
import { arnOf, type ResourceArn } from '../../src/events/resource-arn.ts';
import { resourceTypeOf } from '../../src/events/resource-type.ts';
import type { EventFormat } from '../../src/events/tag-event.ts';
import { request } from '../../src/intake/intake.ts';
import { resourceAt } from '../../src/projections/resource-at.ts';
import { QUIET } from '../../src/shared/telemetry.ts';
import { sample } from '../support/cloudtrail/samples.ts';
import { launch, termination } from '../support/cloudtrail/trail.ts';
import { appendAll } from '../support/doubles.ts';
import { BOB, chain, created, NOW } from '../support/events.ts';
import { permutations } from '../support/permutations.ts';

const test = suite('ends that no call tells, and what ends with its parent');

const INSTANCE = 'i-0a1b2c3d4e5f60718';
const OTHER = 'i-0a1b2c3d4e5f60719';
const INTERFACE = 'eni-0a1b2c3d4e5f60718';
const SECOND = 'eni-0a1b2c3d4e5f60719';
const VOLUME = 'vol-0a1b2c3d4e5f60718';
const GROUP = 'sg-0a1b2c3d4e5f60718';
const RULE = 'sgr-0a1b2c3d4e5f60718';

const on = (clock: string) => ({ eventID: `record of ${clock}`, eventTime: `2026-04-01T${clock}:00Z` });
const instant = (clock: string) => `2026-04-01T${clock}:00.000Z`;
const arn = (id: string): ResourceArn =>
  arnOf({ region: 'eu-west-1', account: '111122223333', type: resourceTypeOf(id) ?? '', id });

const setUp = (eventFormat: EventFormat = 2) => {
  const store = memoryStore();
  const run = request({ ledger: { store, eventFormat, now: () => NOW }, rules: undefined, telemetry: QUIET });
  const stateOf = async (id: string, asOf = '2026-05-01T00:00:00.000Z') => {
    const { retired, uncertain } =
      resourceAt(await store.read(arn(id)), { asOf, knownAt: '2027-01-01T00:00:00.000Z' }) ?? {};
    return retired
      ? ['ended', retired.at, retired.who?.name]
      : uncertain
        ? ['unknown', uncertain.at, uncertain.reason]
        : ['exists'];
  };
  return { store, run, stateOf };
};

/** The states of these resources after the records, read one by one in every order and twice. */
const statesAfter = async (ids: readonly string[], records: readonly object[]) => {
  const all = [];
  for (const order of permutations(records)) {
    const { run, stateOf } = setUp();
    for (const record of [...order, ...order]) await run(record, 'i');
    all.push(await Promise.all(ids.map((id) => stateOf(id))));
  }
  const [states] = all;
  for (const other of all) assert.equal(other, states);
  return states;
};

const stateChange = (state: string, clock: string, id = INSTANCE) => ({
  id: `${state} at ${clock}`,
  'detail-type': 'EC2 Instance State-change Notification',
  source: 'aws.ec2',
  account: '111122223333',
  time: `2026-04-01T${clock}:00Z`,
  region: 'eu-west-1',
  resources: [],
  detail: { 'instance-id': id, state },
});

const eviction = (ids: readonly unknown[], clock: string) =>
  sample('BidEvictedEvent', {
    ...on(clock),
    eventType: 'AwsServiceEvent',
    userIdentity: { accountId: '111122223333', invokedBy: 'ec2.amazonaws.com' },
    sourceIPAddress: 'ec2.amazonaws.com',
    serviceEventDetails: { instanceIdSet: ids },
  });

/** An instance with interfaces: the index of each in its attachment, and whether it is deleted on termination. */
const launchWith = (interfaces: Readonly<Record<string, readonly [index: number, isDeleted: boolean]>>) =>
  launch([INSTANCE], {
    ...on('10:00'),
    responseElements: {
      instancesSet: {
        items: [
          {
            instanceId: INSTANCE,
            networkInterfaceSet: {
              items: Object.entries(interfaces).map(([networkInterfaceId, [deviceIndex, isDeleted]]) => ({
                networkInterfaceId,
                attachment: { deviceIndex, deleteOnTermination: isDeleted },
              })),
            },
          },
        ],
      },
    },
  });
const end = termination([INSTANCE], on('12:00'));

test('a Spot instance that EC2 took back has ended, by EC2', async () => {
  const states = await statesAfter(
    [INSTANCE, OTHER],
    [launch([INSTANCE, OTHER], on('10:00')), eviction([INSTANCE, 'i-***', 7], '11:00')],
  );
  assert.equal(states, [['ended', instant('11:00'), 'ec2.amazonaws.com'], ['exists']]);
});

test('EventBridge’s notification ends an instance, and the person who ended it stays known', async () => {
  const made = launch([INSTANCE], on('10:00'));
  const terminated = stateChange('terminated', '12:00');
  assert.equal(await statesAfter([INSTANCE], [made, terminated]), [['ended', instant('12:00'), undefined]]);
  assert.equal(await statesAfter([INSTANCE], [made, end, terminated]), [['ended', instant('12:00'), 'ada']]);
  const soon = stateChange('shutting-down', '12:01');
  const ended = [['ended', instant('12:00'), 'ada']];
  assert.equal(await statesAfter([INSTANCE], [made, end, soon, stateChange('terminated', '12:02')]), ended);
});

test('the notification of an end that is known, and of a state that is no end, are named skips', async () => {
  const { run, store } = setUp();
  await run([launch([INSTANCE], on('10:00')), end], 'i');
  const results = await run([stateChange('terminated', '12:01'), stateChange('stopped', '12:02')], 'i');
  assert.equal(
    results.map(({ outcome, why, reason }) => [outcome, why, reason]),
    [
      ['skipped', 'retired', 'the resource is retired'],
      ['skipped', 'not-a-change', 'the instance is "stopped", and has not ended'],
    ],
  );
  assert.is((await store.read(arn(INSTANCE))).length, 2);
});

const failure = (over: object = {}) =>
  termination([INSTANCE, OTHER], {
    ...on('12:00'),
    errorCode: 'Client.OperationNotPermitted',
    errorMessage: `The instance '${INSTANCE}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.`,
    ...over,
  });

test('a TerminateInstances that failed for a protected instance leaves the others unknown', async () => {
  const made = launch([INSTANCE, OTHER], on('10:00'));
  const reason =
    'TerminateInstances failed for a protected instance, and EC2 may have ended the others that it named';
  const states = await statesAfter([INSTANCE, OTHER], [made, failure()]);
  assert.equal(states, [['exists'], ['unknown', instant('12:00'), reason]]);
  const proven = await statesAfter([OTHER], [made, failure(), stateChange('terminated', '12:03', OTHER)]);
  assert.equal(proven, [['ended', instant('12:03'), undefined]]);
});

test('a TerminateInstances that failed in another way, or of one instance, changed nothing', async () => {
  for (const record of [
    failure({ errorCode: 'Client.InvalidInstanceID.NotFound' }),
    failure({ errorCode: 'Client.DryRunOperation' }),
    termination([OTHER], { ...on('12:00'), errorCode: 'Client.OperationNotPermitted' }),
  ]) {
    assert.equal(await statesAfter([OTHER], [launch([OTHER], on('10:00')), record]), [['exists']]);
  }
});

test('an interface that is deleted on termination ends with its instance', async () => {
  const made = launchWith({ [INTERFACE]: [0, true] });
  assert.equal(await statesAfter([INTERFACE], [made]), [['exists']]);
  assert.equal(await statesAfter([INTERFACE], [made, end]), [['ended', instant('12:00'), 'ada']]);
  const told = [made, end, stateChange('terminated', '12:00')];
  assert.equal(await statesAfter([INTERFACE], told), [['ended', instant('12:00'), 'ada']]);
  const gone = await statesAfter([INTERFACE], [made, eviction([INSTANCE], '11:00')]);
  assert.equal(gone, [['ended', instant('11:00'), 'ec2.amazonaws.com']]);
});

test('an interface that stays lives on, and of one that could have been detached nothing is known', async () => {
  const made = launchWith({ [INTERFACE]: [0, false], [SECOND]: [1, true] });
  assert.equal(await statesAfter([INTERFACE, SECOND], [made, end]), [
    ['exists'],
    ['unknown', instant('12:00'), `it may have ended with instance/${INSTANCE}`],
  ]);
});

const modification = (isDeleted: boolean, clock: string) =>
  sample('ModifyNetworkInterfaceAttribute', {
    ...on(clock),
    requestParameters: {
      networkInterfaceId: INTERFACE,
      attachment: { attachmentId: 'eni-attach-0a1', deleteOnTermination: isDeleted },
    },
  });

test('a changed deleteOnTermination counts from the moment of its change', async () => {
  const made = launchWith({ [INTERFACE]: [0, true] });
  const after = (isDeleted: boolean, clock: string) =>
    statesAfter([INTERFACE], [made, end, modification(isDeleted, clock)]);
  assert.equal(await after(false, '11:00'), [['exists']]);
  assert.equal(await after(true, '11:00'), [
    ['unknown', instant('12:00'), `it may have ended with instance/${INSTANCE}`],
  ]);
});

test('an interface of an instance that may have ended may have ended', async () => {
  const made = launchWith({ [INTERFACE]: [0, true] });
  const perhaps = failure({ errorMessage: `The instance '${OTHER}' may not be terminated.` });
  const [state] = (await statesAfter([INTERFACE], [made, perhaps])) ?? [];
  assert.is(state?.[0], 'unknown');
});

test('the rules of a security group end with it, and one that was revoked had ended before', async () => {
  const records = [
    sample('CreateSecurityGroup', { ...on('10:00'), responseElements: { groupId: GROUP } }),
    sample('AuthorizeSecurityGroupIngress', {
      ...on('10:01'),
      responseElements: {
        securityGroupRuleSet: { items: [{ groupId: GROUP, securityGroupRuleId: RULE }] },
      },
    }),
    sample('DeleteSecurityGroup', { ...on('12:00'), responseElements: { groupId: GROUP } }),
  ];
  assert.equal(await statesAfter([RULE], records), [['ended', instant('12:00'), 'ada']]);
  const revocation = sample('RevokeSecurityGroupIngress', {
    ...on('11:00'),
    responseElements: { revokedSecurityGroupRuleSet: { items: [{ securityGroupRuleId: RULE }] } },
  });
  assert.equal(await statesAfter([RULE], [...records, revocation]), [['ended', instant('11:00'), 'ada']]);
});

test('calls about volumes count where the ledger knows that a volume ends with its instance', async () => {
  const detachment = sample('DetachVolume', { ...on('11:00'), requestParameters: { volumeId: VOLUME } });
  const change = sample('ModifyInstanceAttribute', {
    ...on('11:00'),
    requestParameters: {
      instanceId: INSTANCE,
      blockDeviceMapping: { items: [{ deviceName: '/dev/xvda', ebs: { deleteOnTermination: false } }] },
    },
  });
  const known = async () => {
    const one = setUp();
    const child = created('b1', instant('10:00'), { endsWith: `instance/${INSTANCE}` });
    const parent = created('b2', instant('10:00'), { who: BOB, children: [`volume/${VOLUME}`] });
    await appendAll(one.store, [...chain([child], arn(VOLUME)), ...chain([parent], arn(INSTANCE))]);
    return one;
  };
  const after = async (...records: readonly object[]) => {
    const { run, stateOf } = await known();
    for (const record of records) await run(record, 'i');
    return stateOf(VOLUME);
  };
  assert.equal(await after(end), ['ended', instant('12:00'), 'ada']);
  for (const order of permutations([detachment, end])) assert.equal(await after(...order), ['exists']);
  for (const order of permutations([change, end]))
    assert.equal(await after(...order), [
      'unknown',
      instant('12:00'),
      `it may have ended with instance/${INSTANCE}`,
    ]);
  const { run } = setUp();
  const results = await run([detachment, change], 'i');
  assert.equal(
    results.map(({ why }) => why),
    ['no-dependency', 'no-dependency'],
  );
});

test('a writer of format 1 records what that can say: the end of the instance, and nothing of its interface', async () => {
  const { run, store, stateOf } = setUp(1);
  await run([launchWith({ [INTERFACE]: [0, true] }), stateChange('terminated', '12:00'), failure()], 'i');
  assert.equal(await stateOf(INSTANCE), ['ended', instant('12:00'), 'unknown']);
  assert.equal(await stateOf(INTERFACE), ['exists']);
  for await (const { body } of store.readAll())
    assert.not.match(body, /endsWith|children|uncertain|endedWith/);
});

test.run();
