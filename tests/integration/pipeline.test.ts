import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryStateStore } from '../../src/adapters/memory/state-store.ts';
import { type EmbeddedAws, embeddedAws } from '../../src/embedded/embedded-aws.ts';
import { childrenOf } from '../../src/embedded/simulated-aws/ec2/children.ts';
import { canonicalJson } from '../../src/events/canonical-json.ts';
import { hashOf } from '../../src/events/hash-chain.ts';
import { fold } from '../../src/events/resource.ts';
import type { ResourceArn } from '../../src/events/resource-arn.ts';
import type { Tag } from '../../src/events/tag.ts';
import { project } from '../../src/handlers/project/project.ts';
import { viewOf } from '../../src/projections/state-row.ts';
import { parseTagRules } from '../../src/tagging/rules/tag-rules.ts';
import { listOf } from '../support/async.ts';
import { sample } from '../support/cloudtrail/samples.ts';
import { envelope, launch, sessionOf, tagging, termination } from '../support/cloudtrail/trail.ts';
import { remembering, typesByResource } from '../support/doubles.ts';
import { STREAM, tags } from '../support/events.ts';
import { DONE, feedOf, MINUTE } from '../support/feed-records.ts';
import { breakIn, streamsOf } from './chains.ts';

const test = suite('the pipeline, end to end on this machine');

const specified = (resourceType: string, key: string, value: string) => ({
  tagSpecificationSet: { items: [{ resourceType, tags: [{ key, value }] }] },
});

/** A morning in 111122223333: launches, of which one is denied, one a ghost, one already tagged; and noise. */
const MORNING: readonly unknown[] = [
  launch(['i-01', 'i-02', 'i-03']),
  envelope(launch(['i-04'], { requestParameters: specified('instance', 'Owner', 'bea') })),
  launch(['i-09'], { errorCode: 'Client.InstanceLimitExceeded' }),
  launch(['i-05']),
  sample('CreateVolume', {
    eventID: 'a volume',
    requestParameters: specified('volume', 'Name', 'data'),
    responseElements: { volumeId: 'vol-01' },
  }),
  sample('DescribeInstances', { eventID: 'a look' }),
  { neither: 'a record nor a call' },
  { resourceId: 'arn:aws:ec2:eu-west-1:111122223333:instance/i-01', user: 'ana', tags: { App: 'shop' } },
];

/** The afternoon, which comes out of order: what tagledger did in the morning, other people's tags, endings. */
const AFTERNOON: readonly unknown[] = [
  termination(['i-02'], { eventTime: '2026-04-01T15:00:00Z' }),
  tagging('i-01', { App: 'shop', Owner: 'ana' }, { userIdentity: sessionOf('tagledger-apply', 'session') }),
  tagging('vol-01', { Owner: 'bob' }, { eventTime: '2026-04-01T14:00:00Z' }),
];

/** The root volume of an instance in the simulated EC2. */
const rootOf = (id: string): string => {
  const [root] = childrenOf(
    { account: '111122223333', region: 'eu-west-1', type: 'instance', id },
    undefined,
  );
  return root?.identity.id ?? '';
};

/** The embedded AWS with one denied instance and one that EC2 never knew; every set of tags that EC2 is asked for is kept. */
const setUp = async () => {
  let ms = Date.parse('2026-04-01T12:00:00.000Z');
  const onEc2 = new Map<string, readonly Tag[]>();
  const seen = remembering();
  const aws = await embeddedAws({
    rules: parseTagRules('{"Owner":"{who.name}"}'),
    taggerRoleArn: 'arn:aws:iam::111122223333:role/tagledger-apply',
    now: () => new Date(ms++),
    unborn: new Set(['i-05']),
    ec2: {
      denied: ({ id }, asked) => {
        if (id === 'i-03') return true;
        onEc2.set(id, [...(onEc2.get(id) ?? []), ...asked]);
        return false;
      },
    },
    telemetry: seen.telemetry,
  });
  const ingest = async (inputs: readonly unknown[], invocationId: string) => {
    const results = await aws.request(inputs, invocationId);
    await aws.settle();
    return results;
  };
  const morningAndAfternoon = async () => {
    await ingest(MORNING, 'morning');
    ms = Date.parse('2026-04-01T16:00:00.000Z');
    await ingest(AFTERNOON, 'afternoon');
  };
  return { ...seen, aws, ingest, morningAndAfternoon, onEc2 };
};

const withAws = (run: (world: Awaited<ReturnType<typeof setUp>>) => Promise<void>) => async () => {
  const world = await setUp();
  try {
    await run(world);
  } finally {
    await world.aws.close();
  }
};

const statuses = async ({ states }: EmbeddedAws): Promise<Record<string, string>> =>
  Object.fromEntries((await listOf(states.list())).map(viewOf).map(({ id, status }) => [id, status]));

test(
  'a morning of CloudTrail becomes events, rows and tags',
  withAws(async ({ aws, ingest, onEc2, counts }) => {
    const results = await ingest(MORNING, 'morning');
    assert.equal(
      results.map(({ input, outcome, event, why }) => [input, outcome, event ?? why]),
      [
        [0, 'appended', 'TagRequested'],
        [0, 'appended', 'TagRequested'],
        [0, 'appended', 'TagRequested'],
        [1, 'appended', 'TagObserved'],
        [2, 'skipped', 'failed-call'],
        [3, 'appended', 'TagRequested'],
        [4, 'appended', 'TagRequested'],
        [5, 'skipped', 'not-a-change'],
        [6, 'rejected', undefined],
        [7, 'appended', 'TagRequested'],
      ],
    );
    assert.equal(await typesByResource(aws.store), {
      // That its root volume ends with each instance was found in EC2. The second request takes over the one key of the first, which ends as superseded.
      'i-01': ['TagRequested', 'TagRequested', 'TagApplied', 'DependencyObserved'],
      'i-02': ['TagRequested', 'TagApplied', 'DependencyObserved'],
      'i-03': ['TagRequested', 'TagFailed', 'DependencyObserved'],
      'i-04': ['TagObserved', 'DependencyObserved'],
      'i-05': ['TagRequested', 'TagFailed'],
      'vol-01': ['TagRequested', 'TagApplied'],
      // The root volumes of those that came to be, found in EC2.
      [rootOf('i-01')]: ['TagRequested', 'TagApplied'],
      [rootOf('i-02')]: ['TagRequested', 'TagApplied'],
      [rootOf('i-03')]: ['TagRequested', 'TagApplied'],
      [rootOf('i-04')]: ['TagRequested', 'TagApplied'],
    });
    assert.equal(await statuses(aws), {
      'i-01': 'applied',
      'i-02': 'applied',
      'i-03': 'failed',
      'i-04': 'observed',
      'i-05': 'failed',
      'vol-01': 'applied',
      [rootOf('i-01')]: 'applied',
      [rootOf('i-02')]: 'applied',
      [rootOf('i-03')]: 'applied',
      [rootOf('i-04')]: 'applied',
    });
    // The caller's tags come with those of the rules, for the caller: the last request for a key wins.
    assert.equal(onEc2.get('i-01'), tags('App=shop Owner=ana'));
    assert.equal(onEc2.get('vol-01'), tags('Owner=ada'));
    assert.not(onEc2.has('i-04'));
    assert.is(aws.ec2Calls.resourcesTagged, 3 + 4);
    assert.equal([counts.EventsAppended, counts.ResourcesApplied, counts.ResourcesFailed], [7, 3 + 4, 2]);
    assert.equal([counts.ChildrenFound, counts.ChildLookupsFailed ?? 0], [4, 0]);
    assert.equal(aws.dropped, []);
  }),
);

test(
  'two incidents are two messages that say what happened and what to do, and are counted',
  withAws(async ({ aws, ingest, counts, errors }) => {
    await ingest(MORNING, 'morning');
    assert.equal(aws.alerts.map(({ subject }) => subject).sort(), [
      'tagledger: 1 resource not tagged: InvalidInstanceID.NotFound in 111122223333 eu-west-1',
      'tagledger: 1 resource not tagged: UnauthorizedOperation in 111122223333 eu-west-1',
    ]);
    const { message = '' } = aws.alerts.find(({ subject }) => subject?.includes('Unauthorized')) ?? {};
    for (const line of [
      'Error:      UnauthorizedOperation (denied)',
      'What next:  no further attempt will be made',
      'Look for a missing ec2:CreateTags',
      '  tagledger history arn:aws:ec2:eu-west-1:111122223333:instance/i-03',
    ]) {
      assert.match(message, line);
    }
    assert.is(counts.AlertsSent, 2);
    assert.equal(errors(), []);
  }),
);

test(
  'what happens afterwards is recorded, out of order as it comes',
  withAws(async ({ aws, morningAndAfternoon }) => {
    await morningAndAfternoon();
    const types = await typesByResource(aws.store);
    assert.equal(types['i-02'], ['TagRequested', 'TagApplied', 'DependencyObserved', 'ResourceRetired']);
    assert.equal(types['i-01']?.length, 4);
    assert.equal((await statuses(aws))['i-02'], 'retired');
    const volume = STREAM.replace(/instance.*/, 'volume/vol-01') as ResourceArn;
    const [row] = await aws.states.get([volume]);
    assert.equal(row && viewOf(row).tags, tags('Name=data Owner=bob'));
  }),
);

test(
  'the same files again append nothing, call EC2 not once, and send no alert',
  withAws(async ({ aws, ingest, morningAndAfternoon }) => {
    await morningAndAfternoon();
    const before = {
      events: await listOf(aws.store.readAll()),
      rows: await listOf(aws.states.list()),
      calls: { ...aws.ec2Calls },
      alerts: aws.alerts.length,
    };
    for (const [inputs, invocationId] of [
      [AFTERNOON, 'afternoon'],
      [MORNING, 'morning'],
    ] as const) {
      const results = await ingest(inputs, invocationId);
      assert.equal(
        results.filter(({ outcome }) => outcome === 'appended'),
        [],
      );
    }
    const after = {
      events: await listOf(aws.store.readAll()),
      rows: await listOf(aws.states.list()),
      calls: { ...aws.ec2Calls },
      alerts: aws.alerts.length,
    };
    assert.equal(after, before);
  }),
);

test(
  'every row is the fold of its stream, byte for byte, and the rows made anew from the ledger are the same',
  withAws(async ({ aws, morningAndAfternoon, telemetry }) => {
    await morningAndAfternoon();
    const streams = await streamsOf(aws.store);
    const rows = await listOf(aws.states.list());
    assert.equal(rows.map(({ arn }) => arn).sort(), [...streams.keys()].sort());
    for (const { arn, resource } of rows) {
      assert.is(canonicalJson(resource), canonicalJson(fold(streams.get(arn) ?? [])));
    }
    const rebuilt = memoryStateStore();
    const rebuild = project({
      store: aws.store,
      states: rebuilt,
      setAside: async () => new Set(),
      now: () => new Date(),
      telemetry,
    });
    assert.equal(await rebuild(feedOf([...streams.values()].flat()), MINUTE), DONE);
    const byArn = (list: typeof rows) => canonicalJson([...list].sort((a, b) => (a.arn < b.arn ? -1 : 1)));
    assert.is(byArn(await listOf(rebuilt.list())), byArn(rows));
  }),
);

test(
  'the hash chain of every stream verifies, and does not when one event is changed, exchanged or left out',
  withAws(async ({ aws, morningAndAfternoon }) => {
    await morningAndAfternoon();
    const streams = await streamsOf(aws.store);
    assert.is(streams.size, 6 + 4);
    for (const events of streams.values()) assert.is(breakIn(events), undefined);
    const [first, second, third] = streams.get(STREAM.replace(/i-.*/, 'i-01') as ResourceArn) ?? [];
    assert.ok(first && second && third);
    const changed = { ...second, body: second.body.replace('ana', 'eve') };
    assert.is(breakIn([first, changed, third]), '2 has another hash');
    assert.is(
      breakIn([first, { ...changed, hash: hashOf(changed) }, third]),
      '3 does not name the one before it',
    );
    assert.is(breakIn([first, third, second]), '3 stands where 2 should');
    assert.is(breakIn([second, third]), '2 stands where 1 should');
  }),
);

test.run();
