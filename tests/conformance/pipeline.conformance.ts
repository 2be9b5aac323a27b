import { GetMetricStatisticsCommand, ListMetricsCommand } from '@aws-sdk/client-cloudwatch';
import { CreateTagsCommand, DescribeTagsCommand } from '@aws-sdk/client-ec2';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { dynamodbCoordinationStore } from '../../src/adapters/dynamodb/coordination-store.ts';
import { dynamodbStore } from '../../src/adapters/dynamodb/event-store.ts';
import { dynamodbStateStore } from '../../src/adapters/dynamodb/state-store.ts';
import { NAMESPACE } from '../../src/alerts/count-incidents.ts';
import { fold } from '../../src/events/resource.ts';
import { arnOf, parseArn, type ResourceArn } from '../../src/events/resource-arn.ts';
import { resourceTypeOf } from '../../src/events/resource-type.ts';
import { sweep } from '../../src/handlers/sweep/sweep.ts';
import { request } from '../../src/intake/intake.ts';
import { rowOf } from '../../src/projections/state-row.ts';
import { QUIET } from '../../src/shared/telemetry.ts';
import { parseTagRules } from '../../src/tagging/rules/tag-rules.ts';
import { listOf } from '../support/async.ts';
import { sample } from '../support/cloudtrail/samples.ts';
import { launch } from '../support/cloudtrail/trail.ts';
import { type Deployment, deploy, settle } from './consumers.ts';
import { type FreshTables, freshTables } from './fresh-tables.ts';
import { type Maker, maker } from './resources.ts';
import { REGION, targets } from './targets.ts';
import { openTopic, type Topic } from './topic.ts';

const { dynamodbs, cloud } = targets();
const test = suite(
  `the whole pipeline: ledger and change feed in ${dynamodbs[0].name}, the rest in ${cloud.name}`,
);

const RULES = JSON.stringify({
  Owner: '{who.name}',
  CreatedBy: { value: '{event.name}', overwrite: true },
});
const ACCOUNT = '111122223333';
const MINUTE_MS = 60_000;

let tables: FreshTables;
let topic: Topic;
let deployment: Deployment;
let make: Maker;
let count = 0;

test.before(async () => {
  [tables, topic] = await Promise.all([freshTables(dynamodbs[0]), openTopic(cloud)]);
  deployment = deploy(tables, topic, RULES);
  make = await maker(deployment.ec2);
});
test.after(async () => {
  await make.removeAll();
  await Promise.all([tables.close(), topic.close()]);
  deployment.close();
});

const store = () => dynamodbStore(tables.client, tables.ledger);
const states = () => dynamodbStateStore(tables.client, tables.state);
const arn = (id: string): ResourceArn =>
  arnOf({ account: ACCOUNT, region: REGION, type: resourceTypeOf(id) ?? '', id });

/** Members of a record that CloudTrail would have written `minutes` ago. */
const told = (minutes = 0) => ({
  eventID: `conformance-${process.pid}-${Date.now()}-${++count}`,
  eventTime: new Date(Date.now() - minutes * MINUTE_MS).toISOString().replace(/\.\d+Z$/, 'Z'),
  awsRegion: REGION,
});

/** Brings records to the front door, and lets new consumers work until nothing is left to do. */
const live = async (...records: readonly unknown[]): Promise<number> => {
  const front = request({
    ledger: { store: store(), eventFormat: 1 as const, now: () => new Date() },
    rules: parseTagRules(RULES),
    telemetry: QUIET,
  });
  await front(records, `invocation-${++count}`);
  return settle(await deployment.start());
};

/** The tags that EC2 shows on a resource, without those of AWS. */
const tagsOf = async (id: string): Promise<Record<string, string>> => {
  const { Tags = [] } = await deployment.ec2.send(
    new DescribeTagsCommand({ Filters: [{ Name: 'resource-id', Values: [id] }] }),
  );
  return Object.fromEntries(
    Tags.map(({ Key = '', Value = '' }) => [Key, Value] as const)
      .filter(([key]) => !key.startsWith('aws:'))
      .sort(),
  );
};

test('new resources of many types bear their owner’s tags, and so do those that came with them', async () => {
  const [instance = '', second = ''] = await make.instances(2);
  const vpc = await make.vpc();
  const volume = await make.volume();
  const [snapshot, group, image] = await Promise.all([
    make.snapshotOf(volume),
    make.securityGroup(vpc),
    make.imageOf(instance),
  ]);
  await live(
    launch([instance, second], told()),
    sample('CreateVpc', { ...told(), responseElements: { vpc: { vpcId: vpc } } }),
    sample('CreateVolume', { ...told(), responseElements: { volumeId: volume } }),
    sample('CreateSnapshot', { ...told(), responseElements: { snapshotId: snapshot } }),
    sample('CreateSecurityGroup', { ...told(), responseElements: { groupId: group } }),
    sample('CreateImage', { ...told(), responseElements: { imageId: image } }),
  );
  const named = new Map([
    [instance, 'RunInstances'],
    [second, 'RunInstances'],
    [vpc, 'CreateVpc'],
    [volume, 'CreateVolume'],
    [snapshot, 'CreateSnapshot'],
    [group, 'CreateSecurityGroup'],
    [image, 'CreateImage'],
  ]);
  for (const [id, CreatedBy] of named) assert.equal(await tagsOf(id), { CreatedBy, Owner: 'ada' }, id);
  const streams = new Set((await listOf(store().readAll())).map(({ stream }) => stream));
  const children = [...streams].map(parseArn).filter(({ id }) => !named.has(id));
  assert.equal(children.map(({ type }) => type).sort(), [
    'network-acl',
    'route-table',
    'security-group',
    'snapshot',
    'volume',
    'volume',
  ]);
  for (const { id } of children) assert.is((await tagsOf(id)).Owner, 'ada', id);
});

test('a tag that a person gave at birth is kept, unless the rule says that it wins', async () => {
  const tags = [
    { Key: 'Owner', Value: 'bob' },
    { Key: 'CreatedBy', Value: 'a person' },
  ];
  const volume = await make.volume(tags);
  const items = tags.map(({ Key: key, Value: value }) => ({ key, value }));
  await live(
    sample('CreateVolume', {
      ...told(),
      requestParameters: {
        tagSpecificationSet: { items: [{ resourceType: 'volume', tags: items }] },
      },
      responseElements: { volumeId: volume },
    }),
  );
  assert.equal(await tagsOf(volume), { CreatedBy: 'CreateVolume', Owner: 'bob' });
});

test('the same record again, and a new process, change nothing', async () => {
  const volume = await make.volume();
  const record = sample('CreateVolume', { ...told(), responseElements: { volumeId: volume } });
  await live(record);
  const before = await store().read(arn(volume));
  assert.is(await live(record), 0);
  assert.equal(await store().read(arn(volume)), before);
  assert.equal(
    before.map(({ event }) => event.type),
    ['TagRequested', 'TagApplied'],
  );
});

test('an id that EC2 does not know and a volume that is full fail for good, and cost their neighbours nothing', async () => {
  const filled = await make.volume(Array.from({ length: 50 }, (_, i) => ({ Key: `k${i}`, Value: 'v' })));
  const good = await make.volume();
  const unknown = `vol-0${process.pid.toString(16).padStart(16, '0')}`;
  await live(
    ...[filled, unknown, good].map((volumeId) =>
      // An hour ago: what is not visible now never will be.
      sample('CreateVolume', { ...told(60), responseElements: { volumeId } }),
    ),
  );
  const outcomes = await Promise.all(
    [filled, unknown, good].map(async (id) => {
      const last = (await store().read(arn(id))).at(-1)?.event;
      return last?.type === 'TagFailed' ? [last.code, last.class, last.retryAt ?? 'final'] : last?.type;
    }),
  );
  assert.equal(outcomes, [
    ['TagLimitExceeded', 'invalid', 'final'],
    ['InvalidVolume.NotFound', 'not-found', 'final'],
    'TagApplied',
  ]);
  assert.equal(await tagsOf(good), { CreatedBy: 'CreateVolume', Owner: 'ada' });
});

test('the alert of each failure arrives in a queue behind the topic, parses, and reads well', async () => {
  const alerts = await topic.received();
  assert.equal(
    alerts.map(({ Subject }) => Subject).sort(),
    ['InvalidVolume.NotFound', 'TagLimitExceeded'].map(
      (code) => `tagledger: 1 resource not tagged: ${code} in ${ACCOUNT} ${REGION}`,
    ),
  );
  for (const { Subject, Message, TopicArn } of alerts) {
    assert.is(TopicArn, topic.arn);
    assert.match(Subject, /^[\x20-\x7e]{1,100}$/);
    assert.match(Message, /vol-[0-9a-f]{17}/);
    assert.match(Message, /What to do: /);
    assert.match(Message, /tagledger history arn:aws:ec2:\S+:volume\/vol-/);
  }
});

test('the failures can be read back from CloudWatch, by class, account and Region', async () => {
  const { Metrics = [] } = await deployment.cloudwatch.send(new ListMetricsCommand({ Namespace: NAMESPACE }));
  for (const failureClass of ['not-found', 'invalid']) {
    const Dimensions = [
      { Name: 'FailureClass', Value: failureClass },
      { Name: 'Account', Value: ACCOUNT },
      { Name: 'Region', Value: REGION },
    ];
    assert.ok(
      Metrics.some(({ Dimensions: some = [] }) => some.some(({ Value }) => Value === failureClass)),
      failureClass,
    );
    const { Datapoints = [] } = await deployment.cloudwatch.send(
      new GetMetricStatisticsCommand({
        Namespace: NAMESPACE,
        MetricName: 'FailedResources',
        Dimensions,
        StartTime: new Date(Date.now() - 30 * MINUTE_MS),
        EndTime: new Date(Date.now() + MINUTE_MS),
        Period: 3_600,
        Statistics: ['Sum'],
      }),
    );
    assert.is(
      Datapoints.reduce((sum, { Sum = 0 }) => sum + Sum, 0),
      1,
      failureClass,
    );
  }
});

test('a tag that somebody changed without a record is found by a sweep', async () => {
  const volume = await make.volume();
  await live(sample('CreateVolume', { ...told(), responseElements: { volumeId: volume } }));
  await deployment.ec2.send(
    new CreateTagsCommand({ Resources: [volume], Tags: [{ Key: 'Owner', Value: 'eve' }] }),
  );
  // What was set a moment ago is left alone: EC2 may not show it yet.
  const now = () => new Date(Date.now() + 20 * MINUTE_MS);
  const swept = await sweep({
    ledger: { store: store(), eventFormat: 1 as const, now },
    states: states(),
    coordination: dynamodbCoordinationStore(tables.client, tables.state),
    ec2: () => deployment.ec2,
    sleep: async () => undefined,
    telemetry: QUIET,
  })(`sweep-${++count}`, () => 60_000);
  assert.equal({ failed: swept.failed, isDone: swept.isDone }, { failed: 0, isDone: true });
  const last = (await store().read(arn(volume))).at(-1)?.event;
  assert.equal(last?.type === 'TagObserved' && last.set, [{ key: 'Owner', value: 'eve' }]);
});

test('in the end every row of the state table is the fold of its events', async () => {
  await settle(await deployment.start());
  const streams = new Map<ResourceArn, Awaited<ReturnType<ReturnType<typeof store>['read']>>>();
  for await (const event of store().readAll()) {
    streams.set(event.stream, [...(streams.get(event.stream) ?? []), event]);
  }
  const rows = await states().get([...streams.keys()]);
  assert.is(rows.length, streams.size);
  for (const row of rows) assert.equal(row, rowOf(row.arn, fold(streams.get(row.arn) ?? [])));
});

test.run();
