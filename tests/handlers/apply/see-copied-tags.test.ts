import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryStore } from '../../../src/adapters/memory/event-store.ts';
import { type SimulatedEc2Options, simulatedEc2 } from '../../../src/embedded/simulated-aws/ec2/ec2.ts';
import { ec2Error } from '../../../src/embedded/simulated-aws/ec2/error.ts';
import { virtualClock } from '../../../src/embedded/simulated-aws/virtual-clock.ts';
import { type RecordedEvent, record } from '../../../src/events/recorded-event.ts';
import { fold } from '../../../src/events/resource.ts';
import { arnOf, parseArn, type ResourceArn } from '../../../src/events/resource-arn.ts';
import type { EventFormat, TagRequested } from '../../../src/events/tag-event.ts';
import { apply } from '../../../src/handlers/apply/apply.ts';
import { appendAll, remembering, tickingClock, watched } from '../../support/doubles.ts';
import { NOW, requested, tags, trail } from '../../support/events.ts';
import { DONE, feedOf, lowest } from '../../support/feed-records.ts';

const test = suite('tags that were copied are seen before a resource is tagged');

const stream = (id: string, type = 'image'): ResourceArn =>
  arnOf({ region: 'eu-west-1', account: '111122223333', type, id });
const IMAGE = stream('ami-0a1b2c3d4e5f60718');
const COPY = trail('copy', 'CopyImage');
const ask = (over: Partial<TagRequested> = {}) =>
  requested(COPY, { tags: tags('Owner=ada Team=blue'), birth: { tags: [] }, unseenTags: true, ...over });

interface Setup extends Partial<Omit<SimulatedEc2Options, 'now'>> {
  readonly eventFormat?: EventFormat;
  readonly now?: string;
}

const setUp = ({ eventFormat = 2, now = NOW.toISOString(), ...faults }: Setup = {}) => {
  const base = tickingClock(now);
  const clock = virtualClock(() => base().getTime());
  const ec2 = simulatedEc2({ ...faults, now: clock.now });
  const store = watched(memoryStore());
  const ledger = { store, eventFormat, now: () => new Date(clock.now()), wait: async () => undefined };
  const seen = remembering();
  const run = lowest(
    apply({ ledger, ec2: ec2.client, sleep: clock.sleep, random: () => 0.5, telemetry: seen.telemetry }),
  );
  return {
    ec2,
    store,
    /** Puts a request into the ledger and its resource into EC2, with the tags that it has there. */
    given: async (
      of: ResourceArn,
      event: TagRequested,
      there: string | undefined,
    ): Promise<RecordedEvent[]> => {
      if (there !== undefined) ec2.create({ ...parseArn(of), tags: tags(there) });
      const events = [record(of, event, undefined, NOW, eventFormat)];
      await appendAll(store, events);
      return events;
    },
    deliver: (events: readonly RecordedEvent[]) => run(feedOf(events), { remainingMs: () => 60_000 }),
    tagsOf: (of: ResourceArn) => ec2.tagsOf(parseArn(of)),
    stateOf: async (of: ResourceArn) => fold(await store.read(of)),
    typesOf: async (of: ResourceArn) => (await store.read(of)).map(({ event }) => event.type),
    lastOf: async (of: ResourceArn) => (await store.read(of)).at(-1)?.event,
  };
};

test('a tag that was copied stays, and the other tags are set', async () => {
  const world = setUp();
  const events = await world.given(IMAGE, ask(), 'CostCenter=4100 Owner=platform');
  assert.equal(await world.deliver(events), DONE);
  assert.equal(world.tagsOf(IMAGE), tags('CostCenter=4100 Owner=platform Team=blue'));
  assert.equal(await world.typesOf(IMAGE), ['TagRequested', 'TagObserved', 'TagApplied']);
  const { requests, unseenTags } = await world.stateOf(IMAGE);
  assert.equal([requests.map(({ status }) => status), unseenTags], [['applied'], undefined]);
});

test('where all requested keys were copied nothing is set', async () => {
  const world = setUp();
  const events = await world.given(IMAGE, ask(), 'Owner=platform Team=red');
  assert.equal(await world.deliver(events), DONE);
  assert.is(world.ec2.calls.createTags, 0);
  assert.equal(
    (await world.stateOf(IMAGE)).requests.map(({ status }) => status),
    ['superseded'],
  );
});

test('a key that a rule may overwrite is overwritten, as on any resource', async () => {
  const world = setUp();
  const events = await world.given(IMAGE, ask({ overwrite: ['Owner'] }), 'Owner=platform');
  await world.deliver(events);
  assert.equal(world.tagsOf(IMAGE), tags('Owner=ada Team=blue'));
});

test('a batch that is delivered again, or whose outcome was lost, asks and sets nothing else', async () => {
  const world = setUp();
  const events = await world.given(IMAGE, ask(), 'Owner=platform');
  await world.deliver(events);
  await world.deliver(events);
  assert.equal(await world.typesOf(IMAGE), ['TagRequested', 'TagObserved', 'TagApplied']);
  const other = setUp();
  // CreateTags went through, and the process died.
  const again = await other.given(IMAGE, ask(), 'Owner=ada Team=blue');
  await other.deliver(again);
  assert.equal(
    (await other.stateOf(IMAGE)).tags.map(({ key, ours }) => [key, ours]),
    [
      ['Owner', true],
      ['Team', true],
    ],
  );
});

test('a resource that EC2 does not show yet is not tagged, and the attempt is made again while it is new', async () => {
  for (const [now, expected] of [
    ['2026-03-31T12:00:30.000Z', ['not-yet-visible', true]],
    [NOW.toISOString(), ['not-found', false]],
  ] as const) {
    const world = setUp({ now });
    const events = await world.given(IMAGE, ask(), undefined);
    assert.equal(await world.deliver(events), DONE);
    const last = await world.lastOf(IMAGE);
    assert.equal(last?.type === 'TagFailed' && [last.class, last.retryAt !== undefined], expected);
    assert.is(world.ec2.calls.createTags, 0);
  }
});

test('if EC2 refuses to show it, nothing is set, and the request has failed with that', async () => {
  const denied = ec2Error({ code: 'UnauthorizedOperation', message: 'no' }, 'r');
  const world = setUp({ fault: ({ input }) => ('Filters' in input ? denied : undefined) });
  const events = await world.given(IMAGE, ask(), 'Owner=platform');
  assert.equal(await world.deliver(events), DONE);
  const last = await world.lastOf(IMAGE);
  assert.equal(last?.type === 'TagFailed' && [last.code, last.class], ['UnauthorizedOperation', 'denied']);
  assert.equal(world.tagsOf(IMAGE), tags('Owner=platform'));
});

test('one call asks for all copies of a place, and what was not copied is not asked for', async () => {
  const world = setUp();
  const plain = requested('plain', { birth: { tags: [] } });
  const events = (
    await Promise.all([
      world.given(IMAGE, ask(), 'Owner=a'),
      world.given(stream('ami-0a1b2c3d4e5f60719'), ask({ eventId: 'other' }), 'Owner=b'),
      world.given(stream('i-0a1b2c3d4e5f60718', 'instance'), plain, ''),
    ])
  ).flat();
  await world.deliver(events);
  assert.is(world.ec2.calls.describeChildren, 1);
  assert.equal(world.tagsOf(stream('i-0a1b2c3d4e5f60718', 'instance')), tags('Owner=ada'));
});

test('a snapshot with the tags of its volume is asked for as well', async () => {
  const world = setUp();
  const snapshot = stream('snap-0a1b2c3d4e5f60718', 'snapshot');
  const events = await world.given(snapshot, ask({ cause: trail('copies', 'CreateSnapshots') }), 'Owner=x');
  await world.deliver(events);
  assert.equal(world.tagsOf(snapshot), tags('Owner=x Team=blue'));
});

test('a request of format 1 cannot say it, so EC2 is asked by the name of its cause', async () => {
  const world = setUp({ eventFormat: 1 });
  const { unseenTags: _, ...inFormat1 } = ask();
  const events = await world.given(IMAGE, inFormat1, 'Owner=platform');
  assert.equal(await world.deliver(events), DONE);
  assert.equal(world.tagsOf(IMAGE), tags('Owner=platform Team=blue'));
});

test.run();
