import {
  DescribeTrailsCommand,
  GetEventSelectorsCommand,
  GetTrailStatusCommand,
} from '@aws-sdk/client-cloudtrail';
import { DescribeAlarmsCommand, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  GetResourcePolicyCommand,
  PolicyNotFoundException,
} from '@aws-sdk/client-dynamodb';
import { ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import {
  GetFunctionConfigurationCommand,
  ListEventSourceMappingsCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import { ListSubscriptionsByTopicCommand } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FUNCTIONS as DEPLOYED } from '../../infra/functions.ts';
import { memoryStore } from '../../src/adapters/memory/event-store.ts';
import type { ArchiveStore } from '../../src/archive/archive-store.ts';
import { rebuildArchive } from '../../src/archive/rebuild-archive.ts';
import { examineDeployed } from '../../src/doctor/deployed/examine.ts';
import { prefixOf, SCHEDULED } from '../../src/doctor/deployed/names.ts';
import type { Diagnosis } from '../../src/doctor/diagnosis.ts';
import { fold } from '../../src/events/resource.ts';
import { rowOf } from '../../src/projections/state-row.ts';
import { markTampered } from '../../src/projections/tampered-mark.ts';
import { leaveHints } from '../../src/sealing/hints.ts';
import { FUNCTION_NAMES } from '../../src/shared/function-names.ts';
import { memoryArchive } from '../support/archive.ts';
import { listOf } from '../support/async.ts';
import { chain, NOW, requested, STREAM } from '../support/events.ts';
import {
  functionOf,
  healthyAws,
  heartbeatOf,
  LEDGER_TABLE,
  mappingOf,
  NAMES,
  RULES,
  restorable,
  STATE_TABLE,
  TOPIC_ARN,
} from '../support/healthy.ts';

const test = suite('doctor on a deployed ledger');

/** Two hours after the sample events. */
const LATER = new Date(NOW.getTime() + 2 * 3_600_000);

type World = Awaited<ReturnType<typeof healthyAws>>;

/** What doctor says when something was done to a healthy ledger. */
const after = async (harm: (world: World) => unknown = () => {}) => {
  const world = await healthyAws();
  await harm(world);
  const all = await examineDeployed(world.asked, NAMES, (rules) => Object.keys(JSON.parse(rules)), LATER);
  return { all, bad: all.filter(({ verdict }) => verdict !== 'ok'), world };
};

test('a healthy ledger has nothing wrong, and every check is made', async () => {
  const { all } = await after();
  assert.equal(
    all.filter(({ verdict }) => verdict !== 'ok'),
    [],
  );
  assert.equal(
    [...new Set(all.map(({ check }) => check))],
    [
      'credentials',
      'ledger table',
      'state table',
      'functions',
      'change feed',
      'rules',
      'trail',
      'roles',
      'topic',
      'alarms',
      'metrics',
      'calls',
      'queue failures',
      'queue unusable',
      'state',
      'requests',
      'horizon',
      'tampering',
      'seal',
    ],
  );
});

/** What doctor says of an archive, to which something was done. */
const ofArchive = async (harm: (archive: ArchiveStore) => unknown) => {
  const { bad, all } = await after(async ({ asked }) => {
    const archived = memoryArchive();
    const store = memoryStore();
    for (const event of chain([requested('r1')])) await store.append(event);
    await rebuildArchive({ objects: archived, store, now: () => LATER });
    await harm(archived);
    Object.assign(asked, { archived });
  });
  const [found] = all.filter(({ check }) => check === 'archive');
  assert.is(bad.length, found?.verdict === 'ok' ? 0 : 1);
  return found;
};

test('an archive whose catalogue is the named one, with all its objects, is fine', async () => {
  assert.match((await ofArchive(() => {}))?.says ?? '', 'it has all that its catalogue names');
});

test('F5: the catalogue and objects of an archive that are edited, deleted or not there are named', async () => {
  const first = async (archive: ArchiveStore, folder: string) =>
    (await listOf(archive.list(folder)))[0] ?? '';
  const edited = await ofArchive(async (archive) =>
    archive.put(await first(archive, 'catalogue/'), new Uint8Array()),
  );
  assert.match(edited?.says ?? '', /1 problem, the first: catalogue\/0.* does not fit its digest/);
  const lost = await ofArchive(async (archive) => archive.remove(await first(archive, 'segments/')));
  assert.match(lost?.says ?? '', /1 problem, the first: The archive has no segments\//);
  assert.match(lost?.todo ?? '', 'tagledger archive rebuild --ledger dynamodb:');
  const none = await ofArchive(async (archive) => archive.remove(await first(archive, 'catalogue/')));
  assert.match(none?.says ?? '', 'there is none');
});

test('the functions that it looks for are those that are deployed, and so are the schedules', () => {
  assert.equal([...FUNCTION_NAMES].sort(), DEPLOYED.map(({ name }) => name).sort());
  assert.equal(
    [...SCHEDULED].sort(),
    DEPLOYED.flatMap(({ name, schedules }) => (schedules ? [name] : [])).sort(),
  );
  assert.equal([prefixOf('tags-ledger'), prefixOf('events')], ['tags', undefined]);
});

/** Each fault: what is done to a healthy ledger, which check names it, with what words, and what it says to type. */
const FAULTS: readonly (readonly [
  what: string,
  harm: (world: World) => unknown,
  check: string,
  says: RegExp,
  todo: RegExp,
])[] = [
  [
    'point-in-time recovery is off',
    ({ mocks }) =>
      mocks.dynamodb
        .on(DescribeContinuousBackupsCommand, { TableName: NAMES.ledger })
        .resolves(restorable('DISABLED')),
    'ledger table',
    /cannot be restored/,
    /update-continuous-backups --table-name tagledger-ledger/,
  ],
  [
    'the ledger may be deleted',
    ({ mocks }) =>
      mocks.dynamodb
        .on(DescribeTableCommand, { TableName: NAMES.ledger })
        .resolves({ Table: { ...LEDGER_TABLE, DeletionProtectionEnabled: false } }),
    'ledger table',
    /deleted by mistake/,
    /--deletion-protection-enabled/,
  ],
  [
    'the stream has new images alone',
    ({ mocks }) =>
      mocks.dynamodb.on(DescribeTableCommand, { TableName: NAMES.ledger }).resolves({
        Table: { ...LEDGER_TABLE, StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' } },
      }),
    'ledger table',
    /a stream with NEW_IMAGE in place of one with NEW_AND_OLD_IMAGES/,
    /cdk deploy/,
  ],
  [
    'the ledger’s policy was taken away',
    ({ mocks }) =>
      mocks.dynamodb
        .on(GetResourcePolicyCommand)
        .rejects(new PolicyNotFoundException({ message: 'none', $metadata: {} })),
    'ledger table',
    /no policy that refuses UpdateItem, DeleteItem/,
    /cdk deploy/,
  ],
  [
    'the ledger’s policy refuses somebody and not everybody',
    ({ mocks }) =>
      mocks.dynamodb.on(GetResourcePolicyCommand).resolves({
        Policy: JSON.stringify({
          Statement: { Effect: 'Deny', Principal: { AWS: '111122223333' }, Action: 'dynamodb:PutItem' },
        }),
      }),
    'ledger table',
    /lets everybody append/,
    /cdk deploy/,
  ],
  [
    'the index of what waits is gone',
    ({ mocks }) =>
      mocks.dynamodb
        .on(DescribeTableCommand, { TableName: NAMES.states })
        .resolves({ Table: { ...STATE_TABLE, GlobalSecondaryIndexes: [] } }),
    'state table',
    /no index due/,
    /cdk deploy/,
  ],
  [
    'a function is gone',
    ({ mocks }) =>
      mocks.lambda
        .on(GetFunctionConfigurationCommand, { FunctionName: 'tagledger-sweep' })
        .rejects(new ResourceNotFoundException({ message: 'none', Type: 'User', $metadata: {} })),
    'functions',
    /no function tagledger-sweep/,
    /cdk deploy/,
  ],
  [
    'a function works on another table',
    ({ mocks }) =>
      mocks.lambda
        .on(GetFunctionConfigurationCommand, { FunctionName: 'tagledger-sweep' })
        .resolves(functionOf('sweep', { Environment: { Variables: { LEDGER_TABLE: 'old' } } })),
    'functions',
    /works on the table old in place of tagledger-ledger/,
    /restore\.md/,
  ],
  [
    'a mapping is switched off',
    ({ mocks }) =>
      mocks.lambda.on(ListEventSourceMappingsCommand).resolves({
        EventSourceMappings: [mappingOf('apply', { State: 'Disabled' }), mappingOf('project')],
      }),
    'change feed',
    /mapping of tagledger-apply is Disabled/,
    /update-event-source-mapping --uuid uuid-apply --enabled/,
  ],
  [
    'a mapping is gone',
    ({ mocks }) =>
      mocks.lambda.on(ListEventSourceMappingsCommand).resolves({ EventSourceMappings: [mappingOf('apply')] }),
    'change feed',
    /tagledger-project is not fed/,
    /cdk deploy/,
  ],
  [
    'a rule is switched off',
    ({ mocks }) =>
      mocks.events
        .on(ListRulesCommand)
        .resolves({ Rules: RULES.map((one, i) => (i === 0 ? { ...one, State: 'DISABLED' as const } : one)) }),
    'rules',
    /tagledger-Calls1 is DISABLED/,
    /enable-rule --name tagledger-Calls1/,
  ],
  [
    'a schedule is gone',
    ({ mocks }) =>
      mocks.events
        .on(ListRulesCommand)
        .resolves({ Rules: RULES.filter(({ Name }) => Name !== 'tagledger-ReconcileSchedule') }),
    'rules',
    /nothing runs reconcile/,
    /cdk deploy/,
  ],
  [
    'there are no rules',
    ({ mocks }) => mocks.events.on(ListRulesCommand).resolves({}),
    'rules',
    /no rule tagledger-\.\.\. brings calls/,
    /cdk deploy/,
  ],
  [
    'there is no trail',
    ({ mocks }) => mocks.cloudtrail.on(DescribeTrailsCommand).resolves({ trailList: [] }),
    'trail',
    /no trail takes in the calls of this Region/,
    /create-trail/,
  ],
  [
    'the only trail is of another Region',
    ({ mocks }) =>
      mocks.cloudtrail
        .on(DescribeTrailsCommand)
        .resolves({ trailList: [{ Name: 'other', TrailARN: 'arn', HomeRegion: 'us-east-1' }] }),
    'trail',
    /no trail takes in/,
    /create-trail/,
  ],
  [
    'the trail was stopped',
    ({ mocks }) => mocks.cloudtrail.on(GetTrailStatusCommand).resolves({ IsLogging: false }),
    'trail',
    /main does not log/,
    /start-logging --name main/,
  ],
  [
    'the trail logs reads alone',
    ({ mocks }) =>
      mocks.cloudtrail.on(GetEventSelectorsCommand).resolves({
        AdvancedEventSelectors: [
          {
            FieldSelectors: [
              { Field: 'eventCategory', Equals: ['Management'] },
              { Field: 'readOnly', Equals: ['true'] },
            ],
          },
        ],
      }),
    'trail',
    /no management events that write/,
    /create-trail/,
  ],
  [
    'the role of apply may not tag',
    ({ mocks }) =>
      mocks.iam
        .on(SimulatePrincipalPolicyCommand, { PolicySourceArn: functionOf('apply').Role })
        .resolves({ EvaluationResults: [{ EvalActionName: 'x', EvalDecision: 'implicitDeny' }] }),
    'roles',
    /tagledger-apply may not tag with Owner: implicitDeny/,
    /aws:TagKeys/,
  ],
  [
    'a service control policy forbids tagging',
    ({ mocks }) =>
      mocks.iam.on(SimulatePrincipalPolicyCommand).resolves({
        EvaluationResults: [
          {
            EvalActionName: 'x',
            EvalDecision: 'implicitDeny',
            OrganizationsDecisionDetail: { AllowedByOrganizations: false },
          },
        ],
      }),
    'roles',
    /may not tag/,
    /service control policy/,
  ],
  [
    'nobody is subscribed',
    ({ mocks }) => mocks.sns.on(ListSubscriptionsByTopicCommand).resolves({ Subscriptions: [] }),
    'topic',
    /nobody receives alerts: the topic has no subscription/,
    new RegExp(`subscribe --topic-arn ${TOPIC_ARN}`),
  ],
  [
    'an address was not confirmed',
    ({ mocks }) =>
      mocks.sns
        .on(ListSubscriptionsByTopicCommand)
        .resolves({ Subscriptions: [{ SubscriptionArn: 'PendingConfirmation' }] }),
    'topic',
    /none of the 1 subscribed addresses was confirmed/,
    /confirm/,
  ],
  [
    'there are no alarms',
    ({ mocks }) => mocks.cloudwatch.on(DescribeAlarmsCommand).resolves({ MetricAlarms: [] }),
    'alarms',
    /there are none/,
    /cdk deploy/,
  ],
  [
    'an alarm rings',
    ({ mocks }) =>
      mocks.cloudwatch.on(DescribeAlarmsCommand).resolves({
        MetricAlarms: [
          {
            AlarmName: 'tagledger-given-up',
            StateValue: 'ALARM',
            AlarmDescription: 'Something waits. What to do: docs/runbook.md#given-up',
          },
        ],
      }),
    'alarms',
    /tagledger-given-up: Something waits/,
    /^docs\/runbook\.md#given-up$/,
  ],
  [
    'an alarm notifies nobody',
    ({ mocks }) =>
      mocks.cloudwatch
        .on(DescribeAlarmsCommand)
        .resolves({ MetricAlarms: [{ AlarmName: 'tagledger-tampering', ActionsEnabled: false }] }),
    'alarms',
    /tagledger-tampering notifies nobody/,
    /enable-alarm-actions/,
  ],
  [
    'no metrics flow',
    ({ mocks }) =>
      mocks.cloudwatch
        .on(GetMetricStatisticsCommand, { Namespace: 'tagledger' })
        .resolves({ Datapoints: [] }),
    'metrics',
    /measured nothing for 15 minutes/,
    /tagledger-reconcile/,
  ],
  [
    'messages are in the failure queue',
    ({ mocks }) =>
      mocks.sqs.on(GetQueueAttributesCommand).resolves({ Attributes: { ApproximateNumberOfMessages: '3' } }),
    'queue failures',
    /3 dead letters in the queue tagledger-failures, which could not be processed/,
    /#given-up/,
  ],
  [
    'a request has waited for long',
    async ({ store, states }) => {
      const events = chain([requested('r1')]);
      for (const event of events) await store.append(event);
      await states.save(rowOf(STREAM, fold(events)));
    },
    'requests',
    /has been waiting for 2 hours, at attempt 1/,
    /tagledger list --status open/,
  ],
  [
    'a row is large',
    ({ states }) => {
      const row = rowOf(STREAM, fold(chain([requested('r1')])));
      return states.save({ ...row, resource: { ...row.resource, cleared: 'x'.repeat(210 * 1024) } });
    },
    'state',
    new RegExp(`^the row of ${STREAM} has 210 KB: `),
    /tagledger history .* --ledger dynamodb:tagledger-ledger,tagledger-state/,
  ],
  [
    'a row is of an earlier fold',
    ({ states }) => {
      const row = rowOf(STREAM, fold(chain([requested('r1')])));
      return states.save({ ...row, resource: { ...row.resource, foldVersion: 1 } });
    },
    'state',
    /^1 row was made by an earlier version of the fold$/,
    /tagledger rebuild --ledger dynamodb:tagledger-ledger,tagledger-state/,
  ],
  [
    'an account sends no heartbeat any more',
    ({ store }) => heartbeatOf(store, '444455556666', new Date(LATER.getTime() - 3 * 3_600_000)),
    'horizon',
    /^account 444455556666 has sent no heartbeat since 2026-03-31T19:00:00\.000Z$/,
    /the rule Heartbeats of that account/,
  ],
  [
    'events were changed',
    ({ coordination }) => markTampered(coordination, STREAM, [1], 'one', NOW),
    'tampering',
    /were changed or removed/,
    /#tampering/,
  ],
  [
    'events wait to be sealed',
    ({ coordination }) =>
      leaveHints(coordination, [{ stream: STREAM, seq: 1 }], new Date(LATER.getTime() - 3_600_000)),
    'seal',
    /an event has waited for 60 minutes/,
    /tagledger-seal/,
  ],
];

for (const [what, harm, check, says, todo] of FAULTS) {
  test(`${what}: it says so, and what to type`, async () => {
    const { bad } = await after(harm);
    const found = bad.filter((one) => one.check === check && says.test(one.says));
    assert.ok(found.length > 0, JSON.stringify(bad));
    for (const one of found) {
      assert.is(one.verdict, 'failed');
      assert.match(one.todo ?? '', todo);
    }
  });
}

const DENIED = Object.assign(new Error('User: ada is not authorized to perform: x:Describe'), {
  name: 'AccessDeniedException',
});

test('what one may not ask is not known, and never fine: each check for itself', async () => {
  const { all } = await after(({ mocks }) => {
    const { sts: _, ...others } = mocks;
    for (const mock of Object.values(others))
      (mock as unknown as typeof mocks.sns).reset().onAnyCommand().rejects(DENIED);
  });
  const verdicts = (verdict: Diagnosis['verdict']) =>
    all.flatMap((one) => (one.verdict === verdict ? [one.check] : []));
  assert.equal(verdicts('failed'), []);
  // What is read from the tables is not asked of those who denied.
  assert.equal(verdicts('ok'), ['credentials', 'state', 'requests', 'horizon', 'tampering', 'seal']);
  for (const { says } of all.filter(({ verdict }) => verdict === 'not-checked'))
    assert.match(says, /^could not check: /);
  const denied = all.find(({ check }) => check === 'rules');
  assert.match(denied?.says ?? '', 'not authorized to perform: x:Describe');
});

test('a trail of the organization, of which one may not ask more, leaves it unknown', async () => {
  const { bad } = await after(({ mocks }) => mocks.cloudtrail.on(GetTrailStatusCommand).rejects(DENIED));
  assert.equal(
    bad.map(({ check, verdict }) => [check, verdict]),
    [['trail', 'not-checked']],
  );
});

test('a day without calls leaves it open whether it was quiet', async () => {
  const { bad } = await after(({ mocks }) =>
    mocks.cloudwatch.on(GetMetricStatisticsCommand, { Namespace: 'AWS/Lambda' }).resolves({}),
  );
  assert.equal(
    bad.map(({ check, verdict }) => [check, verdict]),
    [['calls', 'not-checked']],
  );
});

test('without credentials nothing else is asked', async () => {
  const { all, world } = await after(({ mocks }) =>
    mocks.sts
      .on(GetCallerIdentityCommand)
      .rejects(Object.assign(new Error('expired'), { name: 'ExpiredToken' })),
  );
  assert.equal(
    all.map(({ check, verdict }) => [check, verdict]),
    [['credentials', 'not-checked']],
  );
  assert.match(all[0]?.todo ?? '', 'log in');
  assert.is(world.mocks.lambda.calls().length, 0);
});

test('only operations that read are used', async () => {
  const { world } = await after();
  const used = Object.values(world.mocks).flatMap((mock) =>
    mock.calls().map(({ firstArg }) => (firstArg as object).constructor.name),
  );
  assert.ok(used.length > 20);
  assert.equal(
    used.filter((name) => !/^(?:Get|List|Describe|SimulatePrincipalPolicy)/.test(name)),
    [],
  );
});

test.run();
