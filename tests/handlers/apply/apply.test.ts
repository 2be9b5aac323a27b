import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryStore } from '../../../src/adapters/memory/event-store.ts';
import { type SimulatedEc2Options, simulatedEc2 } from '../../../src/embedded/simulated-aws/ec2/ec2.ts';
import { ec2Error } from '../../../src/embedded/simulated-aws/ec2/error.ts';
import { virtualClock } from '../../../src/embedded/simulated-aws/virtual-clock.ts';
import { type RecordedEvent, record, UnreadableEventError } from '../../../src/events/recorded-event.ts';
import { currentTags, fold } from '../../../src/events/resource.ts';
import { parseArn, type ResourceArn } from '../../../src/events/resource-arn.ts';
import type { TagEvent, TagFailed } from '../../../src/events/tag-event.ts';
import { apply } from '../../../src/handlers/apply/apply.ts';
import { rejectionOf } from '../../support/async.ts';
import {
  appendAll,
  GONE,
  remembering,
  tickingClock,
  typesByResource,
  watched,
} from '../../support/doubles.ts';
import {
  applied,
  at,
  chain,
  created,
  failed,
  NOW,
  observed,
  requested,
  restored,
  retired,
  streamOf,
  tags,
} from '../../support/events.ts';
import {
  asNewer,
  batchOf,
  DONE,
  feedOf,
  from,
  lowest,
  rest,
  tampered,
  unreadable,
} from '../../support/feed-records.ts';

const test = suite('apply');

/** Eight hours after the requests, so that a resource which EC2 does not know is not a new one. */
const LATE = NOW.toISOString();

/** The handler over an empty ledger and a simulated EC2, whose clock skips what is slept. */
const setUp = ({
  now = LATE,
  ...faults
}: Partial<Omit<SimulatedEc2Options, 'now'>> & { now?: string } = {}) => {
  const base = tickingClock(now);
  const clock = virtualClock(() => base().getTime());
  const ec2 = simulatedEc2({ ...faults, now: clock.now });
  const store = watched(memoryStore());
  const seen = remembering();
  const run = lowest(
    apply({
      ledger: {
        store,
        eventFormat: 1 as const,
        now: () => new Date(clock.now()),
        wait: async () => undefined,
      },
      ec2: ec2.client,
      sleep: clock.sleep,
      // Chance decides nothing: with bad luck all waits together would be too short for what is tested.
      random: () => 0.5,
      telemetry: seen.telemetry,
    }),
  );
  return {
    ...seen,
    ec2,
    store,
    deliver: (batch: ReturnType<typeof feedOf>, remainingMs = () => 60_000) => run(batch, { remainingMs }),
    /** The time that is left of a minute from now on. */
    minute: () => {
      const end = clock.now() + 60_000;
      return () => end - clock.now();
    },
    /** Puts a stream into the ledger and its resource into EC2, and gives the recorded events. */
    given: async (stream: ResourceArn, ...events: readonly TagEvent[]) => {
      ec2.create(parseArn(stream));
      const recorded = chain(events, stream);
      await appendAll(store, recorded);
      store.forgetCalls();
      return recorded;
    },
    tagsOf: (stream: ResourceArn) => ec2.tagsOf(parseArn(stream)),
    stateOf: async (stream: ResourceArn) => fold(await store.read(stream)),
  };
};

const stream = (n: number): ResourceArn => streamOf(`i-${String(n).padStart(8, '0')}`);
const ask = (n: number, over: Parameters<typeof requested>[1] = {}) => requested(`request ${n}`, over);

/** One request for each of so many resources. */
const asks = async ({ given }: ReturnType<typeof setUp>, count: number, over?: Parameters<typeof ask>[1]) => {
  const recorded: RecordedEvent[] = [];
  for (let n = 1; n <= count; n++) recorded.push(...(await given(stream(n), ask(n, over))));
  return recorded;
};

const poison = (of: string) => new UnreadableEventError(of, 2, 'its hash does not match its bytes');

const lastOf = async ({ store }: ReturnType<typeof setUp>, of: ResourceArn) =>
  (await store.read(of)).at(-1)?.event;

test('two hundred requests with the same tags are one call, and each has its outcome', async () => {
  const world = setUp();
  const events = await asks(world, 200);
  assert.equal(await world.deliver(feedOf(events)), DONE);
  assert.is(world.ec2.calls.createTags, 1);
  for (const { stream: of } of events) {
    assert.equal(world.tagsOf(of), tags('Owner=ada'));
    assert.is((await world.stateOf(of)).requests[0]?.status, 'applied');
  }
  assert.is(world.counts.ResourcesApplied, 200);
  assert.is(world.counts.ResourcesFailed, 0);
});

test('other tags, another Region and another account are calls of their own', async () => {
  const world = setUp();
  const [here, there, elsewhere] = [
    stream(1),
    stream(2).replace('eu-west-1', 'us-east-1'),
    stream(3).replace('111122223333', '444455556666'),
  ] as ResourceArn[];
  assert.ok(here && there && elsewhere);
  const events = [
    await world.given(here, ask(1)),
    await world.given(there, ask(2)),
    await world.given(elsewhere, ask(3)),
    await world.given(stream(4), ask(4, { tags: tags('App=shop') })),
    await world.given(stream(5), ask(5)),
  ].flat();
  assert.equal(await world.deliver(feedOf(events)), DONE);
  assert.is(world.ec2.calls.createTags, 4);
  assert.is(world.ec2.calls.resourcesTagged, 5);
  assert.equal(world.tagsOf(elsewhere), tags('Owner=ada'));
});

test('a bad id, a denied resource and a throttled call have outcomes of their own, and all others are applied', async () => {
  const throttled = ec2Error({ code: 'RequestLimitExceeded', message: 'Request limit exceeded.' }, 'r');
  const world = setUp({
    denied: ({ id }) => id === parseArn(stream(2)).id,
    fault: ({ input }) =>
      'Tags' in input && input.Tags?.some(({ Key }) => Key === 'Slow') ? throttled : undefined,
  });
  const events = await asks(world, 10);
  world.ec2.remove(parseArn(stream(1)));
  events.push(...(await world.given(stream(11), ask(11, { tags: tags('Slow=yes') }))));

  assert.equal(await world.deliver(feedOf(events)), DONE);
  const failures = await Promise.all(
    [1, 2, 11].map(async (n) => (await lastOf(world, stream(n))) as TagFailed),
  );
  assert.equal(
    failures.map(({ code, class: failureClass, retryAt }) => [code, failureClass, retryAt !== undefined]),
    [
      ['InvalidInstanceID.NotFound', 'not-found', false],
      ['UnauthorizedOperation', 'denied', false],
      ['RequestLimitExceeded', 'throttled', true],
    ],
  );
  for (let n = 3; n <= 10; n++) assert.is((await lastOf(world, stream(n)))?.type, 'TagApplied');
  assert.is(world.counts.ResourcesFailed, 3);
});

test('a batch that comes again calls EC2 not once and records nothing', async () => {
  const world = setUp({ denied: ({ id }) => id === parseArn(stream(2)).id });
  const batch = feedOf(await asks(world, 5));
  await world.deliver(batch);
  const before = await typesByResource(world.store);
  const calls = world.ec2.calls.createTags;
  assert.equal(await world.deliver(batch), DONE);
  assert.is(world.ec2.calls.createTags, calls);
  assert.equal(await typesByResource(world.store), before);
});

test('whatever the order and number of the records, the ledger and EC2 end the same', async () => {
  const outcomeOf = async (pick: (events: RecordedEvent[]) => RecordedEvent[][]) => {
    const world = setUp({ denied: ({ id }) => id === parseArn(stream(2)).id });
    const events = await asks(world, 4);
    // The newer request takes over the key of the older one, which then must never be called for.
    const newer = ask(6, { tags: tags('Owner=bob') });
    events.push(...(await world.given(stream(5), ask(5), newer)));
    events.push(...(await world.given(stream(7), ask(7), observed('o7'))));
    for (const batch of pick(events)) assert.equal(await world.deliver(feedOf(batch)), DONE);
    return {
      types: await typesByResource(world.store),
      states: await Promise.all(
        [1, 2, 3, 4, 5, 7].map(async (n) => {
          const { requests, tags: facts } = await world.stateOf(stream(n));
          return { requests, tags: currentTags({ tags: facts } as Parameters<typeof currentTags>[0]) };
        }),
      ),
      ec2: [1, 2, 3, 4, 5, 7].map((n) => world.tagsOf(stream(n))),
    };
  };
  const once = await outcomeOf((events) => [events]);
  await fc.assert(
    fc.asyncProperty(fc.infiniteStream(fc.nat()), fc.nat({ max: 3 }), async (numbers, cuts) => {
      const shuffled = await outcomeOf((events) => {
        const twice = [...events, ...events]
          .map((event) => ({ event, key: numbers.next().value as number }))
          .sort((a, b) => a.key - b.key)
          .map(({ event }) => event);
        const size = Math.ceil(twice.length / (cuts + 1));
        return Array.from({ length: cuts + 1 }, (_, i) => twice.slice(i * size, (i + 1) * size));
      });
      assert.equal(shuffled, once);
    }),
    { numRuns: 40 },
  );
});

test('a request that comes again after a newer one does not put the old value back', async () => {
  const world = setUp();
  const [first] = await world.given(stream(1), ask(1));
  assert.ok(first);
  await world.deliver(feedOf([first]));
  const history = await world.store.read(stream(1));
  const newer = ask(2, { tags: tags('Owner=bob') });
  const second = record(stream(1), newer, history.at(-1), NOW);
  await world.store.append(second);
  await world.deliver(feedOf([second]));
  const calls = world.ec2.calls.createTags;
  assert.equal(await world.deliver(feedOf([first])), DONE);
  assert.is(world.ec2.calls.createTags, calls);
  assert.equal(world.tagsOf(stream(1)), tags('Owner=bob'));
});

test('a tag that a person set between the request and the attempt stays the person’s', async () => {
  const world = setUp();
  const asked = ask(1, { tags: tags('App=shop Owner=ada') });
  const [request] = await world.given(stream(1), asked, observed('o1', { effectiveAt: at(1) }));
  assert.ok(request);
  await world.ec2.setTags(parseArn(stream(1)), tags('Owner=bob'));
  assert.equal(await world.deliver(feedOf([request])), DONE);
  assert.equal(world.tagsOf(stream(1)), tags('App=shop Owner=bob'));
  const outcome = await lastOf(world, stream(1));
  assert.equal(outcome?.type === 'TagApplied' && outcome.tags, tags('App=shop'));
});

for (const [what, after] of [
  ['superseded by a newer request', requested('newer', { tags: tags('Owner=bob') })],
  ['left without a tag to set', observed('o1')],
  ['for a resource that was deleted', retired('x1')],
  ['already applied', applied('a1', { request: 'request 1' })],
  ['already refused for good', failed('f1', { request: 'request 1' })],
  ['waiting for its next attempt', failed('f1', { request: 'request 1', retryAt: at(5) })],
] satisfies [string, TagEvent][]) {
  test(`a request that is ${what} is not called for`, async () => {
    const world = setUp();
    const [request] = await world.given(stream(1), ask(1), after);
    assert.ok(request);
    assert.equal(await world.deliver(feedOf([request])), DONE);
    assert.is(world.ec2.calls.createTags, 0);
    assert.is((await world.store.read(stream(1))).length, 2);
  });
}

test('a request of a life that ended is not called for in the next one, and in one that was restored it is', async () => {
  const [end, next] = [retired('x1', at(1)), created('o1', at(2))];
  for (const [after, calls] of [
    [[end, next], 0],
    [[end, restored('y1', at(2))], 1],
  ] as const) {
    const world = setUp();
    const [request] = await world.given(stream(1), ask(1, { birth: { tags: [] } }), ...after);
    assert.ok(request);
    assert.equal(await world.deliver(feedOf([request])), DONE);
    assert.is(world.ec2.calls.createTags, calls);
  }
});

test('a later attempt is called for, and the last one fails for good', async () => {
  const unavailable = ec2Error({ code: 'Unavailable', message: 'The server is overloaded.' }, 'r');
  const world = setUp({ fault: () => unavailable });
  const attempts = [ask(1), failed('f1', { request: 'request 1', retryAt: at(5) })];
  const last = requested('attempt 8', { attempt: 8, request: 'request 1' });
  const [, , request] = await world.given(stream(1), ...attempts, last);
  assert.ok(request);
  assert.equal(await world.deliver(feedOf([request])), DONE);
  const { requests } = await world.stateOf(stream(1));
  assert.equal(
    requests.map(({ id, attempt, status }) => ({ id, attempt, status })),
    [{ id: 'request 1', attempt: 8, status: 'failed' }],
  );
});

test('when outcomes cannot be recorded the first such record is reported, and its redelivery ends well', async () => {
  const world = setUp();
  const batch = feedOf(await asks(world, 6));
  world.store.failAppend = ({ stream: of }) => ([stream(5), stream(3)].includes(of) ? GONE : undefined);
  const answer = await world.deliver(batch);
  assert.equal(answer, from(2));
  assert.equal(world.errors(), ['the outcome could not be recorded', 'the outcome could not be recorded']);

  world.store.failAppend = undefined;
  assert.equal(await world.deliver(rest(batch, answer)), DONE);
  for (let n = 1; n <= 6; n++) {
    assert.equal(
      (await world.store.read(stream(n))).map(({ event }) => event.type),
      ['TagRequested', 'TagApplied'],
    );
  }
});

test('a request that a batch holds twice is reported by its first record', async () => {
  const world = setUp();
  const events = await asks(world, 2);
  world.store.failAppend = ({ stream: of }) => (of === stream(2) ? GONE : undefined);
  assert.equal(await world.deliver(feedOf([...events, ...events])), from(1));
});

test('an outcome whose reply was lost is recorded once, also after its redelivery', async () => {
  const world = setUp();
  const batch = feedOf(await asks(world, 2));
  world.store.loseReply = ({ seq }) => (seq === 2 ? GONE : undefined);
  assert.equal(await world.deliver(batch), from(0));
  world.store.loseReply = undefined;
  const calls = world.ec2.calls.createTags;
  assert.equal(await world.deliver(batch), DONE);
  assert.is(world.ec2.calls.createTags, calls);
  assert.equal(
    Object.values(await typesByResource(world.store)),
    Array(2).fill(['TagRequested', 'TagApplied']),
  );
});

test('when the process dies after EC2 accepted, the redelivery ends with one outcome', async () => {
  const world = setUp();
  const batch = feedOf(await asks(world, 3));
  // Death is an answer that never comes: nothing after the call to EC2 takes place.
  world.store.failAppend = () => GONE;
  await world.deliver(batch);
  assert.is(world.ec2.calls.resourcesTagged, 3);
  world.store.failAppend = undefined;
  assert.equal(await world.deliver(batch), DONE);
  assert.equal(
    Object.values(await typesByResource(world.store)),
    Array(3).fill(['TagRequested', 'TagApplied']),
  );
});

test('an accepted call whose reply was lost is made again, and has one outcome', async () => {
  let lost = 0;
  const broken = Object.assign(new Error('socket hang up'), { name: 'TimeoutError' });
  const world = setUp({ loseReply: () => (lost++ === 0 ? broken : undefined) });
  assert.equal(await world.deliver(feedOf(await asks(world, 2))), DONE);
  assert.is(world.ec2.calls.createTags, 2);
  assert.equal(
    Object.values(await typesByResource(world.store)),
    Array(2).fill(['TagRequested', 'TagApplied']),
  );
});

test('a record that cannot be read is passed over and counted, and the others are done', async () => {
  const world = setUp();
  const [first, second, third] = (await asks(world, 3)) as [RecordedEvent, RecordedEvent, RecordedEvent];
  const batch = batchOf({ recorded: first }, unreadable(second), { recorded: third });
  assert.equal(await world.deliver(batch), DONE);
  assert.equal(world.errors(), ['unreadable record in the change feed']);
  assert.is(world.counts.UnreadableRecords, 1);
  assert.is((await lastOf(world, stream(1)))?.type, 'TagApplied');
  assert.is((await lastOf(world, stream(2)))?.type, 'TagRequested');
  assert.is((await lastOf(world, stream(3)))?.type, 'TagApplied');
});

test('a request that a newer version wrote a moment ago comes again, and after a quarter of an hour it holds up nobody', async () => {
  for (const [minutes, answer] of [
    [14, from(0)],
    [15, DONE],
  ] as const) {
    const world = setUp({ now: new Date(NOW.getTime() + minutes * 60_000).toISOString() });
    const [first, second] = (await asks(world, 2)) as [RecordedEvent, RecordedEvent];
    const batch = batchOf(unreadable(first, asNewer(first)), { recorded: second });
    assert.equal(await world.deliver(batch), answer);
    assert.is(world.counts.UnreadableRecords, 1);
    assert.is((await lastOf(world, stream(1)))?.type, 'TagRequested');
    assert.is((await lastOf(world, stream(2)))?.type, 'TagApplied');
  }
});

test('a request behind which a newer version has written is left to that version, and comes again', async () => {
  const world = setUp();
  const [first] = (await asks(world, 1)) as [RecordedEvent];
  await world.store.append(asNewer(record(first.stream, observed('o1'), first, NOW)));
  assert.equal(await world.deliver(feedOf([first])), from(0));
  assert.is(world.ec2.calls.createTags, 0);
});

test('a stream that cannot be read is reported, and the others are done', async () => {
  const world = setUp();
  const events = await asks(world, 2);
  const [request] = await world.given(stream(3), ask(3), observed('o3', { set: tags('Name=web') }));
  assert.ok(request);
  world.store.failRead = (of) => (of === stream(3) ? GONE : undefined);
  assert.equal(await world.deliver(feedOf([...events, request])), from(2));
  assert.equal(Object.values(await typesByResource(world.store)).slice(0, 2), [
    ['TagRequested', 'TagApplied'],
    ['TagRequested', 'TagApplied'],
  ]);
});

test('a stream that can never be read is passed over and counted, and the others are done', async () => {
  const world = setUp();
  const [request] = await world.given(stream(3), ask(3), observed('o3', { set: tags('Name=web') }));
  const events = await asks(world, 2);
  assert.ok(request);
  world.store.failRead = (of) => (of === stream(3) ? poison(of) : undefined);
  assert.equal(await world.deliver(feedOf([request, ...events])), DONE);
  assert.equal([world.counts.UnreadableRecords, world.counts.ResourcesApplied], [1, 2]);
  assert.equal(world.errors(), ['a resource could not be read']);
});

test('what can never be read behind one request keeps no other one from its attempt', async () => {
  const world = setUp();
  const events = await asks(world, 3);
  const { find } = world.store;
  world.store.find = (places) =>
    places.some((place) => place.stream === stream(2)) ? Promise.reject(poison(stream(2))) : find(places);
  world.store.failRead = (of) => (of === stream(2) ? poison(of) : undefined);
  assert.equal(await world.deliver(feedOf(events)), DONE);
  assert.equal([world.counts.UnreadableRecords, world.counts.ResourcesApplied], [1, 2]);
  assert.is((await lastOf(world, stream(3)))?.type, 'TagApplied');
});

test('a failure of the look at the next places is one of the whole batch', async () => {
  const world = setUp();
  const events = await asks(world, 1);
  world.store.find = () => Promise.reject(GONE);
  assert.is(await rejectionOf(world.deliver(feedOf(events))), GONE);
});

test('an outcome that meets what can never be read is passed over', async () => {
  const world = setUp();
  const events = await asks(world, 2);
  world.store.failAppend = ({ stream: of }) => (of === stream(1) ? poison(of) : undefined);
  assert.equal(await world.deliver(feedOf(events)), DONE);
  assert.is(world.counts.UnreadableRecords, 1);
  assert.is((await lastOf(world, stream(2)))?.type, 'TagApplied');
});

test('a new resource costs one write and its share of one look at the next place, and no read', async () => {
  const world = setUp();
  const events = await asks(world, 50);
  await world.deliver(feedOf(events));
  assert.is(world.store.calls.append, 50);
  assert.equal(world.store.calls.read, []);
  assert.equal(world.store.calls.find, [events.map(({ stream: of, seq }) => ({ stream: of, seq: seq + 1 }))]);
});

test('only a request that something follows has its stream read, once', async () => {
  const world = setUp();
  const [quiet] = await world.given(stream(1), ask(1));
  const [busy] = await world.given(stream(2), ask(2), observed('o2', { set: tags('Name=web') }));
  assert.ok(quiet && busy);
  await world.deliver(feedOf([quiet, busy]));
  assert.equal(world.store.calls.read, [stream(2)]);
  assert.is(world.store.calls.append, 2);
});

test('records that are no requests cost nothing at all', async () => {
  const world = setUp();
  const events = await world.given(stream(1), observed('o1'), retired('x1'));
  assert.equal(await world.deliver(feedOf(events)), DONE);
  assert.equal(await world.deliver(batchOf()), DONE);
  assert.equal([world.store.calls.append, world.store.calls.read, world.ec2.calls.createTags], [0, [], 0]);
  assert.equal(world.store.calls.find.flat(), []);
});

test('a request that was changed or removed is never acted on', async () => {
  const world = setUp();
  const [request] = await world.given(stream(1), ask(1));
  assert.ok(request);
  assert.equal(await world.deliver(batchOf(tampered(request), tampered(request, request))), DONE);
  assert.is(world.ec2.calls.createTags, 0);
});

test('a resource that EC2 does not show yet is tagged as soon as it does', async () => {
  const world = setUp({ now: at(1), visibleAfterMs: 3_000 });
  assert.equal(await world.deliver(feedOf(await asks(world, 1))), DONE);
  assert.equal(world.tagsOf(stream(1)), tags('Owner=ada'));
});

test('a new resource that EC2 does not show for long is left to a later attempt', async () => {
  const world = setUp({ now: at(1), visibleAfterMs: 3_600_000 });
  await world.deliver(feedOf(await asks(world, 1)));
  const outcome = (await lastOf(world, stream(1))) as TagFailed;
  assert.is(outcome.class, 'not-yet-visible');
  assert.ok(outcome.retryAt && outcome.retryAt > outcome.effectiveAt);
});

test('without time left EC2 is not called, and the outcome says when the next attempt is due', async () => {
  const world = setUp();
  const events = await asks(world, 2);
  assert.equal(await world.deliver(feedOf(events), () => 4_000), DONE);
  assert.is(world.ec2.calls.createTags, 0);
  const outcome = (await lastOf(world, stream(1))) as TagFailed;
  assert.equal([outcome.code, outcome.class], ['OutOfTime', 'unavailable']);
  assert.ok(outcome.retryAt);
});

/** Requests with tags of their own, so that each one is a call, in an account of their own. */
const ownTags = async (
  { given }: ReturnType<typeof setUp>,
  numbers: readonly number[],
  account = '111122223333',
) => {
  const recorded: RecordedEvent[] = [];
  for (const n of numbers) {
    const of = stream(n).replace('111122223333', account) as ResourceArn;
    recorded.push(...(await given(of, ask(n, { tags: tags(`Name=web-${n}`) }))));
  }
  return recorded;
};
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

const RECORDED_AT = NOW.toISOString();

test('requests for which the bucket leaves no time come again without an outcome, until all are applied', async () => {
  const world = setUp({ now: RECORDED_AT, createTagsBucket: { capacity: 5, refillPerSecond: 2 } });
  const batch = feedOf(await ownTags(world, upTo(300)));
  let deliveries = 0;
  for (let left = batch; left.events.length > 0; deliveries++) {
    const answer = await world.deliver(left, world.minute());
    const next = rest(left, answer);
    assert.ok(next.events.length < left.events.length, 'the checkpoint moves');
    left = next;
  }
  assert.equal(
    Object.values(await typesByResource(world.store)),
    Array(300).fill(['TagRequested', 'TagApplied']),
  );
  assert.ok(deliveries === 3 || deliveries === 4, `${deliveries} deliveries of a minute each`);
  assert.ok(world.ec2.calls.throttled < 150, `${world.ec2.calls.throttled} throttled calls`);
});

test('a bucket that admits nothing makes all of the batch wait for a later attempt, and nothing comes again', async () => {
  const world = setUp({ now: RECORDED_AT, createTagsBucket: { capacity: 0, refillPerSecond: 0 } });
  assert.equal(await world.deliver(feedOf(await ownTags(world, upTo(100))), world.minute()), DONE);
  for (const n of upTo(100)) {
    const outcome = (await lastOf(world, stream(n))) as TagFailed;
    assert.is(outcome.type, 'TagFailed');
    assert.ok(outcome.retryAt);
  }
  assert.is(((await lastOf(world, stream(1))) as TagFailed).class, 'throttled');
  assert.is(world.counts.RequestsLeftForLater, 0);
});

test('a request that was recorded more than an hour ago does not come again for want of time', async () => {
  const later = new Date(NOW.getTime() + 3_700_000).toISOString();
  const world = setUp({ now: later, createTagsBucket: { capacity: 5, refillPerSecond: 1 } });
  assert.equal(await world.deliver(feedOf(await ownTags(world, upTo(100))), world.minute()), DONE);
  assert.is((await lastOf(world, stream(1)))?.type, 'TagApplied');
  const outcome = (await lastOf(world, stream(100))) as TagFailed;
  assert.is(outcome.code, 'OutOfTime');
  assert.ok(outcome.retryAt);
});

test('an account whose bucket is empty does not keep another waiting', async () => {
  const throttled = ec2Error({ code: 'RequestLimitExceeded', message: 'Request limit exceeded.' }, 'r');
  const world = setUp({
    now: RECORDED_AT,
    fault: ({ input }) =>
      'Tags' in input && input.Tags?.some(({ Value }) => Value !== 'web-301') ? throttled : undefined,
  });
  const events = [...(await ownTags(world, upTo(300))), ...(await ownTags(world, [301], '444455556666'))];
  assert.equal(await world.deliver(feedOf(events), world.minute()), DONE);
  const other = stream(301).replace('111122223333', '444455556666') as ResourceArn;
  assert.is((await lastOf(world, other))?.type, 'TagApplied');
});

test('two resources whose ARNs end in the same id have an outcome each', async () => {
  const world = setUp();
  const volume = stream(1).replace(':instance/', ':volume/') as ResourceArn;
  const events = [await world.given(stream(1), ask(1)), await world.given(volume, ask(2))].flat();
  assert.equal(await world.deliver(feedOf(events)), DONE);
  assert.is((await lastOf(world, stream(1)))?.type, 'TagApplied');
  assert.is((await lastOf(world, volume))?.type, 'TagApplied');
});

test.run();
