import { DescribeVolumesCommand } from '@aws-sdk/client-ec2';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryStore } from '../../../src/adapters/memory/event-store.ts';
import { decisionsOnChildren } from '../../../src/commands/end-children.ts';
import { retireResource } from '../../../src/commands/retire-resource.ts';
import { transact } from '../../../src/commands/transact.ts';
import { childrenOf } from '../../../src/embedded/simulated-aws/ec2/children.ts';
import { type SimulatedEc2Options, simulatedEc2 } from '../../../src/embedded/simulated-aws/ec2/ec2.ts';
import { ec2Error } from '../../../src/embedded/simulated-aws/ec2/error.ts';
import { virtualClock } from '../../../src/embedded/simulated-aws/virtual-clock.ts';
import { type RecordedEvent, record } from '../../../src/events/recorded-event.ts';
import { currentTags, fold } from '../../../src/events/resource.ts';
import { arnOf, parseArn, type ResourceArn } from '../../../src/events/resource-arn.ts';
import type { EventFormat, TagEvent } from '../../../src/events/tag-event.ts';
import { apply } from '../../../src/handlers/apply/apply.ts';
import { parseTagRules } from '../../../src/tagging/rules/tag-rules.ts';
import { GONE, remembering, tickingClock, typesByResource, watched } from '../../support/doubles.ts';
import {
  ADA,
  at,
  BOB,
  failed,
  LAUNCH,
  observed,
  requested,
  retired,
  streamOf,
  tags,
  trail,
} from '../../support/events.ts';
import { DONE, feedOf, from, lowest } from '../../support/feed-records.ts';

const test = suite('apply: children');

const DENIED = ec2Error({ code: 'UnauthorizedOperation', message: 'You are not authorized.' }, 'r');
const THROTTLED = ec2Error({ code: 'RequestLimitExceeded', message: 'Request limit exceeded.' }, 'r');
const MINUTE = 60_000;

const looksFor = (command: object): boolean => command instanceof DescribeVolumesCommand;

interface Options extends Partial<Omit<SimulatedEc2Options, 'now'>> {
  readonly rules?: string;
  /** How long after the births it is, and after they were recorded. */
  readonly ageMs?: number;
  readonly recordedMsAgo?: number;
  readonly eventFormat?: EventFormat;
}

/** The handler over an empty ledger and a simulated EC2, five minutes after the births of what `given` brings. */
const setUp = ({
  rules = '{"Owner":"{who.name}"}',
  ageMs = 5 * MINUTE,
  recordedMsAgo = 0,
  eventFormat = 1,
  ...faults
}: Options = {}) => {
  const base = tickingClock(new Date(Date.parse(at(0)) + ageMs).toISOString());
  const clock = virtualClock(() => base().getTime());
  const acts: string[] = [];
  const ec2 = simulatedEc2({
    ...faults,
    now: clock.now,
    fault: (command) => {
      acts.push(command.constructor.name.replace('Command', ''));
      return faults.fault?.(command);
    },
  });
  const store = watched(memoryStore());
  const seen = remembering();
  const handler = () =>
    lowest(
      apply({
        ledger: {
          store,
          eventFormat,
          now: () => new Date(clock.now()),
          wait: async () => undefined,
        },
        ec2: ec2.client,
        sleep: clock.sleep,
        random: () => 0.5,
        telemetry: seen.telemetry,
        childRules: parseTagRules(rules),
      }),
    );
  const run = handler();
  return {
    ...seen,
    ec2,
    clock,
    store,
    /** The calls of EC2, in order. */
    acts,
    deliver: (events: readonly RecordedEvent[], remainingMs = () => 60_000) =>
      run(feedOf(events), { remainingMs }),
    /** A process that remembers nothing. */
    another: handler,
    /** Puts a resource into EC2 and its birth into the ledger. */
    given: async (stream: ResourceArn, event: TagEvent): Promise<RecordedEvent> => {
      const by = 'cause' in event ? event.cause.name : undefined;
      ec2.create({ ...parseArn(stream), at: Date.parse(at(0)), ...(by && { by }) });
      const recorded = record(stream, event, undefined, new Date(clock.now() - recordedMsAgo), eventFormat);
      await store.append(recorded);
      return recorded;
    },
    stateOf: async (stream: ResourceArn) => fold(await store.read(stream)),
  };
};

const born = (name: string, over: Parameters<typeof requested>[1] = {}) =>
  requested(name, { birth: { tags: [] }, ...over });
const launch = (name: string) => born(name, { cause: { ...LAUNCH, id: name } });
const bornWithAll = (name: string) => observed(name, { how: 'birth', cause: LAUNCH, set: tags('Owner=ada') });

const birthOfNobody = (): TagEvent => {
  const { who, ...birth } = bornWithAll('o1');
  return birth;
};

/** The first child of a resource. */
const childOf = (stream: ResourceArn, by?: string): ResourceArn => {
  const [child] = childrenOf(parseArn(stream), by);
  assert.ok(child);
  const { account, region, type, id } = child.identity;
  return arnOf({ account, region, type, id });
};

const INSTANCE = streamOf('i-01');
const ROOT = childOf(INSTANCE);
const other = (type: string, id: string): ResourceArn => arnOf({ ...parseArn(INSTANCE), type, id });

test('nothing is looked for after a creation that was only observed', async () => {
  const world = setUp();
  const birth = { ...bornWithAll('o1'), observing: true };
  const recorded = record(INSTANCE, birth, undefined, new Date(world.clock.now()), 2);
  world.ec2.create({ ...parseArn(INSTANCE), at: Date.parse(at(0)) });
  await world.store.append(recorded);
  assert.equal(await world.deliver([recorded]), DONE);
  assert.equal(world.acts, []);
  assert.equal(await world.store.read(ROOT), []);
});

test('the root volume of a new instance is asked to bear its tags, for who launched it and because of that', async () => {
  const world = setUp();
  assert.equal(await world.deliver([await world.given(INSTANCE, launch('launch 1'))]), DONE);
  const [request, ...rest] = (await world.store.read(ROOT)).map(({ event }) => event);
  assert.equal(rest, []);
  assert.ok(request?.type === 'TagRequested');
  const { tags: wanted, who, cause, effectiveAt, birth, attempt, rules } = request;
  assert.equal(
    { wanted, who, cause, effectiveAt, birth, attempt },
    {
      wanted: tags('Owner=ada'),
      who: ADA,
      cause: { ...LAUNCH, id: 'launch 1' },
      effectiveAt: at(0),
      birth: { tags: [] },
      attempt: 1,
    },
  );
  assert.is(rules, parseTagRules('{"Owner":"{who.name}"}').id);
  assert.equal([world.counts.ChildrenFound, world.counts.ChildLookupsFailed], [1, undefined]);
});

/** An instance and its volume after a look, and after the end of the instance, which is recorded before or after it. */
const afterEnd = async (endComesFirst: boolean, eventFormat: EventFormat) => {
  const world = setUp({ eventFormat });
  const birth = await world.given(INSTANCE, launch('b1'));
  const ledger = { store: world.store, eventFormat, now: () => new Date(world.clock.now()) };
  const finish = async () => {
    const ended = retireResource(INSTANCE, { cause: trail('x1', 'TerminateInstances'), who: BOB, at: at(3) });
    const { events } = await transact(ledger, INSTANCE, ended);
    for (const { stream, decide } of decisionsOnChildren(INSTANCE, events))
      await transact(ledger, stream, decide);
  };
  if (endComesFirst) await finish();
  assert.equal(await world.deliver([birth]), DONE);
  if (!endComesFirst) await finish();
  // A process that looks again records nothing twice.
  const before = (await world.store.read(INSTANCE)).length;
  await world.another()(feedOf([birth]), { remainingMs: () => 60_000 });
  assert.is((await world.store.read(INSTANCE)).length, before);
  return (await world.stateOf(ROOT)).retired;
};

test('a volume that EC2 deletes with its instance ends with it, whichever is recorded first', async () => {
  for (const endComesFirst of [false, true])
    assert.equal(await afterEnd(endComesFirst, 2), { at: at(3), who: BOB });
  assert.is(await afterEnd(false, 1), undefined);
});

test('the request comes through the change feed as any other, and is applied by the next batch', async () => {
  const world = setUp();
  await world.deliver([await world.given(INSTANCE, launch('launch 1'))]);
  assert.equal(world.ec2.tagsOf(parseArn(ROOT)), []);
  assert.equal(await world.deliver(await world.store.read(ROOT)), DONE);
  assert.equal(world.ec2.tagsOf(parseArn(ROOT)), tags('Owner=ada'));
  assert.equal((await typesByResource(world.store))[parseArn(ROOT).id], ['TagRequested', 'TagApplied']);
});

test('a parent that was born with all its tags has children as well', async () => {
  const world = setUp();
  assert.equal(await world.deliver([await world.given(INSTANCE, bornWithAll('o1'))]), DONE);
  assert.is((await world.store.read(ROOT)).length, 1);
  assert.is(world.ec2.calls.createTags, 0);
});

for (const [what, event] of [
  ['a request for what was there before', requested('r1')],
  ['a later attempt', born('r1/2', { attempt: 2, request: 'r1' })],
  ['somebody’s change', observed('o1')],
  ['a birth of nobody', birthOfNobody()],
  ['a failure', failed('f1')],
  ['an end', retired('x1')],
] satisfies [string, TagEvent][]) {
  test(`${what} makes nobody look for children`, async () => {
    const world = setUp();
    await world.deliver([await world.given(INSTANCE, event)]);
    assert.is(world.ec2.calls.describeChildren, 0);
  });
}

test('without rules for children EC2 is asked for none', async () => {
  const world = setUp();
  const run = lowest(
    apply({
      ledger: { store: world.store, eventFormat: 1 as const, now: () => new Date(world.clock.now()) },
      ec2: world.ec2.client,
      sleep: world.clock.sleep,
      telemetry: world.telemetry,
    }),
  );
  assert.equal(await run(feedOf([await world.given(INSTANCE, launch('launch 1'))])), DONE);
  assert.equal(world.acts, ['CreateTags']);
});

test('each type of children has the rules that are for it, with the fields of its own and of its parent’s cause', async () => {
  const world = setUp({
    rules: JSON.stringify({
      Owner: { value: '{who.name}', exclude: ['network-acl'] },
      From: { value: '{event.name} {resource.type}', include: ['route-table', 'network-acl'] },
      Via: { value: '{who.via}', include: ['route-table'] },
    }),
  });
  const vpc = other('vpc', 'vpc-01');
  const cause = { ...LAUNCH, name: 'CreateVpc' };
  await world.deliver([await world.given(vpc, born('vpc 1', { cause }))]);
  const wanted: Record<string, unknown> = {};
  for (const { identity } of childrenOf(parseArn(vpc), undefined)) {
    const [{ event } = {}] = await world.store.read(arnOf(identity));
    assert.ok(event?.type === 'TagRequested');
    wanted[identity.type] = [event.tags, event.notes];
  }
  assert.equal(wanted, {
    'security-group': [tags('Owner=ada'), undefined],
    'network-acl': [[{ key: 'From', value: 'CreateVpc network-acl' }], undefined],
    'route-table': [
      [
        { key: 'From', value: 'CreateVpc route-table' },
        { key: 'Owner', value: 'ada' },
      ],
      [{ key: 'Via', note: 'missing-field' }],
    ],
  });
});

test('types of children that no rule is for cost no look', async () => {
  const world = setUp({ rules: '{"Owner":{"value":"{who.name}","include":["instance"]}}' });
  assert.equal(await world.deliver([await world.given(INSTANCE, launch('launch 1'))]), DONE);
  assert.equal(world.acts, ['CreateTags']);
});

test('tags that a child was born with are kept, and a child that has them all is only observed', async () => {
  const world = setUp();
  const birth = await world.given(INSTANCE, launch('launch 1'));
  await world.ec2.setTags(parseArn(ROOT), tags('Owner=bob Name=root'));
  await world.deliver([birth]);
  const [event] = (await world.store.read(ROOT)).map(({ event }) => event);
  assert.ok(event?.type === 'TagObserved' && event.how === 'birth');
  assert.equal([event.set, event.notes], [tags('Name=root Owner=bob'), [{ key: 'Owner', note: 'kept' }]]);
  assert.equal((await world.stateOf(ROOT)).born?.who, ADA);
});

test('a volume whose own record told of its birth keeps its maker and has no second request', async () => {
  const world = setUp();
  const volume = other('volume', 'vol-01');
  const cause = { ...LAUNCH, id: 'own', name: 'CreateVolume' };
  await world.given(
    volume,
    born('own', { cause, who: { name: 'bob', kind: 'IAMUser' }, tags: tags('Owner=bob') }),
  );
  world.ec2.remove(parseArn(volume));
  world.ec2.create({
    ...parseArn(other('volume', 'vol-02')),
    attachedTo: 'i-01',
    at: Date.parse(at(0)) - MINUTE,
  });
  const birth = await world.given(INSTANCE, launch('launch 1'));
  await world.store.append(record(ROOT, born('own root', { cause }), undefined, new Date(world.clock.now())));
  assert.equal(await world.deliver([birth]), DONE);
  assert.is((await world.store.read(ROOT)).length, 1);
  assert.is((await world.store.read(other('volume', 'vol-02'))).length, 0, 'older than the instance');
  assert.is(world.counts.ChildrenFound, 0);
});

test('parents are tagged first, all of them, and looks are shared', async () => {
  const world = setUp();
  const births = [];
  for (let n = 1; n <= 20; n++)
    births.push(await world.given(streamOf(`i-${n}`), born(`r${n}`, { tags: tags(`N=${n}`) })));
  assert.equal(await world.deliver(births), DONE);
  assert.equal(world.acts, [...Array(20).fill('CreateTags'), 'DescribeVolumes']);
  assert.is(world.counts.ChildrenFound, 20);
});

test('each account and Region is looked at by itself', async () => {
  const world = setUp();
  const elsewhere = INSTANCE.replace('111122223333', '444455556666') as ResourceArn;
  const there = INSTANCE.replace('eu-west-1', 'us-east-1') as ResourceArn;
  const births = [];
  for (const stream of [INSTANCE, elsewhere, there])
    births.push(await world.given(stream, launch(`launch ${stream}`)));
  assert.equal(await world.deliver(births), DONE);
  for (const stream of [INSTANCE, elsewhere, there]) {
    assert.is((await world.store.read(childOf(stream))).length, 1, stream);
  }
});

test('a birth that comes again is not looked at again by the same process, and asks for nothing twice by another', async () => {
  const world = setUp();
  const birth = await world.given(INSTANCE, launch('launch 1'));
  assert.equal(await world.deliver([birth, birth]), DONE);
  assert.equal(await world.deliver([birth]), DONE);
  assert.is(world.ec2.calls.describeChildren, 1);
  assert.equal(await world.deliver(await world.store.read(ROOT)), DONE);

  assert.equal(await world.another()(feedOf([birth])), DONE);
  assert.is(world.ec2.calls.describeChildren, 2);
  assert.equal((await typesByResource(world.store))[parseArn(ROOT).id], ['TagRequested', 'TagApplied']);
  assert.is(world.counts.ChildrenFound, 1);
});

test('a birth that was recorded a day ago has been delivered before, one that happened long ago may not', async () => {
  const old = setUp({ recordedMsAgo: 24 * 60 * MINUTE });
  await old.deliver([await old.given(INSTANCE, launch('launch 1'))]);
  assert.is(old.ec2.calls.describeChildren, 0);
  const late = setUp({ ageMs: 100 * 24 * 60 * MINUTE });
  await late.deliver([await late.given(INSTANCE, launch('launch 1'))]);
  assert.is((await late.store.read(ROOT)).length, 1);
});

test('an instance that shows no volume yet is looked at until it does', async () => {
  const world = setUp({ ageMs: 10_000, visibleAfterMs: (id) => (id.startsWith('vol-') ? 12_000 : 0) });
  assert.equal(await world.deliver([await world.given(INSTANCE, launch('launch 1'))]), DONE);
  assert.is((await world.store.read(ROOT)).length, 1);
  assert.ok(world.ec2.calls.describeChildren > 2);
});

test('one that does not in time comes again, without those before it, and is let go when it is no longer young', async () => {
  const world = setUp({ ageMs: 10_000, visibleAfterMs: (id) => (id.startsWith('vol-') ? 10 * MINUTE : 0) });
  const old = await world.given(other('subnet', 'subnet-01'), born('subnet 1'));
  const young = await world.given(INSTANCE, launch('launch 1'));
  assert.equal(await world.deliver([old, young]), from(1));
  assert.equal(world.ec2.tagsOf(parseArn(INSTANCE)), tags('Owner=ada'), 'the parent does not wait at all');
  await world.clock.sleep(MINUTE);
  assert.equal(await world.deliver([young]), DONE);
  assert.equal(world.errors(), []);
});

test('denied looks are told once for the batch and counted, are not repeated, and keep no parent from its tags', async () => {
  const world = setUp({ fault: (command) => (looksFor(command) ? DENIED : undefined) });
  const births = [
    await world.given(INSTANCE, launch('launch 1')),
    await world.given(streamOf('i-02'), launch('launch 2')),
    await world.given(INSTANCE.replace('eu-west-1', 'us-east-1') as ResourceArn, launch('launch 3')),
    await world.given(other('vpc', 'vpc-01'), born('vpc 1')),
  ];
  assert.equal(await world.deliver(births), DONE);
  for (const { stream } of births) assert.equal(world.ec2.tagsOf(parseArn(stream)), tags('Owner=ada'));
  assert.equal(world.errors(), ['children could not be looked up']);
  const line = world.lines.find(({ level }) => level === 'error');
  const lookups = line?.fields.lookups as { region: string; births: number }[];
  assert.equal(lookups.map(({ region, births }) => [region, births]).sort(), [
    ['eu-west-1', 2],
    ['us-east-1', 1],
  ]);
  assert.equal(
    lookups.find(({ births }) => births === 2),
    {
      action: 'ec2:DescribeVolumes',
      account: '111122223333',
      region: 'eu-west-1',
      births: 2,
      code: 'UnauthorizedOperation',
      message: 'You are not authorized.',
      class: 'denied',
    },
  );
  assert.equal([world.counts.ChildLookupsFailed, world.counts.ChildrenFound], [3, 3]);
  await world.deliver(births);
  assert.is(world.acts.filter((act) => act === 'DescribeVolumes').length, 2);
});

test('looks that stay throttled let the birth come again, for a quarter of an hour', async () => {
  const fault = (command: object) => (looksFor(command) ? THROTTLED : undefined);
  const world = setUp({ fault });
  const birth = await world.given(INSTANCE, launch('launch 1'));
  assert.equal(await world.deliver([birth]), from(0));
  assert.equal(world.errors(), ['children could not be looked up']);
  assert.is(world.counts.ChildLookupsFailed, 0);
  assert.equal(world.ec2.tagsOf(parseArn(INSTANCE)), tags('Owner=ada'));

  const old = setUp({ fault, recordedMsAgo: 15 * MINUTE });
  assert.equal(await old.deliver([await old.given(INSTANCE, launch('launch 1'))]), DONE);
  assert.is(old.counts.ChildLookupsFailed, 1);
});

test('however much is throttled, looking takes a quarter of a minute at most: the next batch has parents too', async () => {
  const world = setUp({ fault: (command) => ('Filters' in command.input ? THROTTLED : undefined) });
  const births = [
    await world.given(INSTANCE, launch('launch 1')),
    await world.given(other('vpc', 'vpc-01'), born('vpc 1')),
  ];
  const start = world.clock.now();
  assert.equal(await world.deliver(births, () => start + 60_000 - world.clock.now()), from(0));
  const elapsed = world.clock.now() - start;
  assert.ok(elapsed > 8_000 && elapsed <= 15_000, `${elapsed} ms`);
});

test('without time left nothing is looked up, and the birth comes again', async () => {
  const world = setUp();
  assert.equal(await world.deliver([await world.given(INSTANCE, bornWithAll('o1'))], () => 4_000), from(0));
  assert.is(world.ec2.calls.describeChildren, 0);
});

test('a birth from the future does not hold the change feed back for ever', async () => {
  const world = setUp({ ageMs: -1_000 * MINUTE, recordedMsAgo: 15 * MINUTE, visibleAfterMs: 1e12 });
  assert.equal(await world.deliver([await world.given(INSTANCE, bornWithAll('o1'))]), DONE);
});

test('a child that cannot be recorded lets its parent come again, and the others are recorded', async () => {
  const world = setUp();
  const births = [];
  for (const id of ['i-01', 'i-02', 'i-03']) births.push(await world.given(streamOf(id), launch(id)));
  const second = childOf(streamOf('i-02'));
  world.store.failAppend = ({ stream }) => (stream === second ? GONE : undefined);
  assert.equal(await world.deliver(births), from(1));
  assert.equal(world.errors(), ['a child could not be recorded']);
  assert.is(world.counts.ChildrenFound, 2);
  world.store.failAppend = undefined;
  assert.equal(await world.deliver(births.slice(1)), DONE);
  assert.is((await world.store.read(second)).length, 1);
  assert.is(world.counts.ChildrenFound, 3);
});

test('a child whose reply was lost is recorded once', async () => {
  const world = setUp();
  const birth = await world.given(INSTANCE, launch('launch 1'));
  world.store.loseReply = ({ stream }) => (stream === ROOT ? GONE : undefined);
  assert.equal(await world.deliver([birth]), from(0));
  world.store.loseReply = undefined;
  assert.equal(await world.deliver([birth]), DONE);
  assert.is((await world.store.read(ROOT)).length, 1);
});

test('when a parent cannot be recorded its children are looked for all the same, and the first record is reported', async () => {
  const world = setUp();
  const births = [
    await world.given(INSTANCE, launch('launch 1')),
    await world.given(streamOf('i-02'), launch('launch 2')),
  ];
  world.store.failAppend = ({ event }) => (event.type === 'TagApplied' ? GONE : undefined);
  assert.equal(await world.deliver(births), from(0));
  assert.is((await world.store.read(ROOT)).length, 1);
});

test('the snapshot of an image that was made is asked for, that of a registered one is not', async () => {
  const world = setUp();
  const [made, registered] = [other('image', 'ami-01'), other('image', 'ami-02')];
  const by = (name: string) => born(name, { cause: { ...LAUNCH, id: name, name } });
  const births = [
    await world.given(made, by('CreateImage')),
    await world.given(registered, by('RegisterImage')),
  ];
  world.ec2.create({
    ...parseArn(other('snapshot', 'snap-02')),
    attachedTo: 'ami-02',
    at: Date.parse(at(0)),
  });
  assert.equal(await world.deliver(births), DONE);
  const snapshot = childOf(made, 'CreateImage');
  assert.equal(currentTags(await world.stateOf(snapshot)), []);
  assert.is((await world.stateOf(snapshot)).requests.length, 1);
  assert.is(world.counts.ChildrenFound, 1);
});

test('a batch whose requests take all the time that they may have leaves time to look for children', async () => {
  let looks = 0;
  const world = setUp({
    createTagsBucket: { capacity: 5, refillPerSecond: 1 },
    // Five tries with four waits: 4 seconds.
    fault: (command) => (looksFor(command) && looks++ < 4 ? THROTTLED : undefined),
  });
  const streams = Array.from({ length: 80 }, (_, n) => streamOf(`i-${String(n).padStart(4, '0')}`));
  const events: RecordedEvent[] = [];
  for (const stream of streams) {
    const own = tags(`Name=${parseArn(stream).id}`);
    events.push(await world.given(stream, born(`request ${stream}`, { tags: own })));
  }
  const end = world.clock.now() + MINUTE;
  const answer = await world.deliver(events, () => end - world.clock.now());
  assert.is(world.counts.ChildrenFound, 80);
  assert.ok((world.counts.RequestsLeftForLater ?? 0) > 0);
  assert.not.equal(answer, DONE);
  assert.not.equal(answer, from(0));
});

test.run();
