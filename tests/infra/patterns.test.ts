import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PATTERN_SIZE, patterns } from '../../infra/patterns.ts';
import { MODEL } from '../../scripts/generate-operations.ts';
import { DEPENDENCY_OPERATIONS } from '../../src/cloudtrail/dependencies.ts';
import { OPERATIONS, TAG_OPERATIONS } from '../../src/cloudtrail/operations/operations.ts';
import { stateChangeOf } from '../../src/cloudtrail/state-change-event.ts';
import { matches } from './event-pattern.ts';
import { type Properties, template } from './template.ts';

const test = suite('event patterns');

const EXAMPLES = new URL('../../examples/trail/eventbridge.ndjson', import.meta.url);

/** A call as CloudTrail and EventBridge bring it. */
const call = (eventName: string, service = 'ec2') => ({
  source: `aws.${service}`,
  'detail-type': 'AWS API Call via CloudTrail',
  detail: { eventSource: `${service}.amazonaws.com`, eventName },
});

const SERVICES = new Map<string, 'ec2' | 'ebs'>([
  ...OPERATIONS.map(({ operation, service }) => [operation, service] as const),
  ...[...TAG_OPERATIONS, ...DEPENDENCY_OPERATIONS].map((operation) => [operation, 'ec2'] as const),
]);
const FOLLOWED = new Set(SERVICES.keys());

/** The rules of a template on one bus: their patterns by name. */
const rulesOf = (name: 'ledger' | 'hub' | 'member' | 'all', isOnBus = false) =>
  template(name)
    .of('AWS::Events::Rule')
    .filter(
      ([, { Properties }]) => Properties.EventPattern && (Properties.EventBusName !== undefined) === isOnBus,
    )
    .map(([id, { Properties }]) => ({ id, ...Properties }) as Properties);

const matching = (rules: ReturnType<typeof rulesOf>, event: unknown): readonly string[] =>
  rules.filter(({ EventPattern }) => matches(EventPattern, event)).map(({ id }) => id);

test('every operation that makes, ends or tags something is matched by exactly one rule, and no other is', () => {
  const rules = rulesOf('ledger');
  assert.ok(FOLLOWED.size > 200 && MODEL.size > 700);
  const wrong = [...new Set([...MODEL.keys(), ...FOLLOWED])].flatMap((operation) => {
    const { length } = matching(rules, call(operation, SERVICES.get(operation)));
    return length === (FOLLOWED.has(operation) ? 1 : 0) ? [] : [`${operation}: ${length}`];
  });
  assert.equal(wrong, []);
});

test('reads are matched by no rule', () => {
  const reads = [...MODEL.keys()].filter((operation) => /^(?:Describe|Get|List|Search)[A-Z]/.test(operation));
  assert.ok(reads.length > 200);
  assert.equal(
    reads.filter((operation) => matching(rulesOf('all'), call(operation)).length > 0),
    [],
  );
});

test('an operation of the same name that is another service’s is matched by none', () => {
  assert.equal(matching(rulesOf('ledger'), call('CreateTags', 'workspaces')), []);
  assert.equal(matching(rulesOf('ledger'), call('CreateSnapshot', 'ebs')), []);
  assert.equal(matching(rulesOf('ledger'), call('StartSnapshot', 'ec2')), []);
});

test('the start of a snapshot by the EBS direct APIs is matched, and what is done to its blocks is not', () => {
  assert.equal(matching(rulesOf('ledger'), call('StartSnapshot', 'ebs')), ['LedgerEbsCalls']);
  for (const name of ['CompleteSnapshot', 'PutSnapshotBlock', 'ListSnapshotBlocks'])
    assert.equal(matching(rulesOf('all'), call(name, 'ebs')), []);
});

test('a heartbeat takes the way of the records: each account sends it every hour, and one rule matches it on each bus', () => {
  const event = { source: 'tagledger.heartbeat', 'detail-type': 'tagledger heartbeat', detail: {} };
  for (const rules of [rulesOf('ledger'), rulesOf('hub'), rulesOf('hub', true), rulesOf('member')])
    assert.is(matching(rules, event).length, 1);
  for (const name of ['ledger', 'hub', 'member'] as const) {
    const [[, schedule] = [], ...others] = template(name).of('AWS::Scheduler::Schedule');
    assert.equal(others, []);
    const { ScheduleExpression, Target } = schedule?.Properties ?? {};
    assert.is(ScheduleExpression, 'rate(1 hour)');
    assert.equal(Target.EventBridgeParameters, {
      Source: 'tagledger.heartbeat',
      DetailType: 'tagledger heartbeat',
    });
  }
});

test('a change of tags that EventBridge tells of is matched by one rule, when the resource is EC2’s', () => {
  const change = (service: string) => ({
    source: 'aws.tag',
    'detail-type': 'Tag Change on Resource',
    detail: { service },
  });
  assert.equal(matching(rulesOf('ledger'), change('ec2')), ['LedgerTagChanges']);
  assert.equal(matching(rulesOf('ledger'), change('s3')), []);
});

/** EventBridge's notification of a new state of an instance. */
const stateChange = (state: string) => ({
  id: 'e1',
  source: 'aws.ec2',
  'detail-type': 'EC2 Instance State-change Notification',
  account: '111122223333',
  region: 'eu-west-1',
  time: '2026-03-02T11:00:00Z',
  detail: { 'instance-id': 'i-0a1b2c3d4e5f60718', state },
});

test('of the states of an instance only its end is matched, by one rule on each bus, and the intake takes it for an end', () => {
  for (const rules of [rulesOf('ledger'), rulesOf('hub'), rulesOf('hub', true), rulesOf('member')]) {
    const matched = ['pending', 'running', 'stopping', 'stopped', 'shutting-down', 'terminated'].filter(
      (state) => matching(rules, stateChange(state)).length > 0,
    );
    assert.equal(matched, ['terminated']);
    assert.is(matching(rules, stateChange('terminated')).length, 1);
  }
  assert.is(stateChangeOf(stateChange('terminated')).kind, 'notice');
});

test('Spot instances that EC2 took back are matched by one rule on each bus, and no other event of a service is', () => {
  const event = (eventName: string) => ({
    ...call(eventName),
    'detail-type': 'AWS Service Event via CloudTrail',
  });
  for (const rules of [rulesOf('ledger'), rulesOf('hub'), rulesOf('hub', true), rulesOf('member')]) {
    assert.is(matching(rules, event('BidEvictedEvent')).length, 1);
    assert.equal(matching(rules, event('DescribeInstances')), []);
  }
});

test('the assumption of roles is matched where identities are joined, also as a read', () => {
  for (const name of ['AssumeRole', 'AssumeRoleWithSAML', 'AssumeRoleWithWebIdentity']) {
    assert.equal(matching(rulesOf('ledger'), call(name, 'sts')), []);
    assert.equal(matching(rulesOf('all'), call(name, 'sts')), ['LedgerRoleSessions']);
  }
  assert.equal(matching(rulesOf('all'), call('GetCallerIdentity', 'sts')), []);
  const states = rulesOf('all').map(({ id, State }) => [id, State]);
  assert.equal(
    states.filter(([, state]) => state !== 'ENABLED'),
    [['LedgerRoleSessions', 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS']],
  );
});

test('the creation of an Auto Scaling group is matched where identities are joined, and nothing else of it', () => {
  assert.equal(matching(rulesOf('ledger'), call('CreateAutoScalingGroup', 'autoscaling')), []);
  assert.equal(matching(rulesOf('all'), call('CreateAutoScalingGroup', 'autoscaling')), [
    'LedgerScalingGroups',
  ]);
  assert.equal(matching(rulesOf('all'), call('UpdateAutoScalingGroup', 'autoscaling')), []);
});

test('of the events in the example trail those of followed operations are matched, once each', () => {
  const events = readFileSync(EXAMPLES, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const rules = rulesOf('ledger');
  assert.ok(events.length > 20);
  for (const event of events) {
    const { eventName, eventSource } = event.detail;
    const expected = eventSource === 'ec2.amazonaws.com' && FOLLOWED.has(eventName) ? 1 : 0;
    assert.is(matching(rules, event).length, expected, `${eventSource} ${eventName}`);
  }
});

test('no pattern is longer than EventBridge takes, and there are no more than that asks for', () => {
  const sizes = patterns(true).map(({ pattern }) => JSON.stringify(pattern).length);
  assert.ok(Math.max(...sizes) <= PATTERN_SIZE, String(sizes));
  const calls = patterns(true).flatMap(({ name }, i) => (name.startsWith('Ec2Calls') ? (sizes[i] ?? 0) : []));
  assert.is(calls.length, Math.ceil(calls.reduce((sum, size) => sum + size, 0) / PATTERN_SIZE));
  assert.is(
    sizes.length,
    calls.length + 7,
    'EBS calls, evictions, ends, tag changes, heartbeats, role sessions and groups',
  );
});

test('the hub matches on the bus of its members what it matches on its own, and the members forward the same', () => {
  const own = rulesOf('all').map(({ EventPattern }) => EventPattern);
  assert.equal(
    rulesOf('all', true).map(({ EventPattern }) => EventPattern),
    own,
  );
  assert.equal(
    rulesOf('member').map(({ EventPattern }) => EventPattern),
    own,
  );
});

test('an event that cannot be delivered is tried for a day, and then kept in the failure queue', () => {
  for (const { Targets } of [...rulesOf('all'), ...rulesOf('all', true)]) {
    assert.equal(
      Targets.map(({ Id: _, ...target }: Record<string, unknown>) => target),
      [
        {
          Arn: '<LedgerRequest.Arn>',
          DeadLetterConfig: { Arn: '<LedgerFailures.Arn>' },
          RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
        },
      ],
    );
  }
});

test('the matcher knows what EventBridge does with lists, and refuses what it was not taught', () => {
  assert.is(matches({ a: ['x', 'y'] }, { a: 'y', b: 1 }), true);
  assert.is(matches({ a: ['x'] }, { a: ['w', 'x'] }), true);
  assert.is(matches({ a: ['x'] }, { b: 'x' }), false);
  assert.is(matches({ a: { b: ['x'] } }, { a: 'x' }), false);
  assert.throws(
    () => matches({ a: [{ prefix: 'x' }] }, { a: 'xy' }),
    /does not know the operator .+ Teach it\.$/,
  );
});

test.run();
