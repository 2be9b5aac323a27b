import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryStore } from '../../src/adapters/memory/event-store.ts';
import type { EventStore } from '../../src/events/event-store.ts';
import { type RecordedEvent, UnreadableEventError } from '../../src/events/recorded-event.ts';
import type { StreamBreak } from '../../src/sealing/check/stream-break.ts';
import { leaveHints, openHints } from '../../src/sealing/hints.ts';
import { readHead } from '../../src/sealing/log/log-head.ts';
import { sealCompared } from '../../src/sealing/run-sealer.ts';
import { openSealer } from '../../src/sealing/sealer.ts';
import { appendAll, watched } from '../support/doubles.ts';
import { chain, requested, streamOf } from '../support/events.ts';
import { eventsOf, leavesOf, type World, worldOf } from '../support/sealing/world.ts';

const test = suite('what is sealed, and what is not');

/** A store that holds these events as they are, whatever they are; those whose body is `damaged` cannot be read. */
const storeOf = (events: readonly RecordedEvent[]): EventStore => {
  const check = (event: RecordedEvent): RecordedEvent => {
    if (event.body === 'damaged')
      throw new UnreadableEventError(event.stream, event.seq, 'its body is not JSON');
    return event;
  };
  return {
    ...memoryStore(),
    read: async (stream) => events.filter((event) => event.stream === stream).map(check),
    find: async (places) =>
      places.flatMap(({ stream, seq }) =>
        events.filter((event) => event.stream === stream && event.seq === seq).map(check),
      ),
    async *readAll(after) {
      const streams = [...new Set(events.map(({ stream }) => stream))];
      for (const stream of streams.slice(after ? streams.indexOf(after) + 1 : 0))
        for (const event of events) if (event.stream === stream) yield check(event);
    },
  };
};

const [A, B, C] = [eventsOf('i-0a', 4), eventsOf('i-0b', 2), eventsOf('i-0c', 3)];
const edited = (events: readonly RecordedEvent[], i: number, over: Partial<RecordedEvent>) =>
  events.map((event, at) => (at === i ? { ...event, ...over } : event));
/** The stream as it would be when somebody had edited its first event and hashed it all anew. */
const REHASHED = chain(
  [
    requested('r i-0a', { tags: [{ key: 'Owner', value: 'mallory' }] }),
    ...A.slice(1).map(({ event }) => event),
  ],
  streamOf('i-0a'),
);

const sealed = async (world: World): Promise<string[]> => {
  const { head } = (await readHead(world.coordination)) ?? {};
  const leaves = await leavesOf(world, head?.origin ?? '', head?.size ?? 0);
  return leaves.flatMap((leaf) => ('stream' in leaf ? [`${leaf.stream.split('/')[1]} ${leaf.seq}`] : []));
};
const kinds = (broken: readonly StreamBreak[]) =>
  broken.map(({ stream, seq, kind }) => [stream.split('/')[1], seq, kind]);

for (const how of ['hints', 'compare'] as const) {
  const runOn = async (world: World, events: readonly RecordedEvent[], known = events) => {
    await leaveHints(world.coordination, known, world.now());
    return worldOf(storeOf(events), world.objects, world.coordination).seal({}, how);
  };
  const first = async () => {
    const world = worldOf();
    await runOn(world, [...A.slice(0, 2), ...B]);
    return world;
  };

  for (const [what, events, expected, rest] of [
    ['a damaged event', [...edited(A, 2, { body: 'damaged' }), ...B, ...C], ['i-0a', 3, 'unreadable'], []],
    ['a gap behind the sealed events', [...A.toSpliced(2, 1), ...B, ...C], ['i-0a', 3, 'missing'], []],
    [
      'an event that does not follow the one before it',
      [...edited(A, 3, { prev: C[0]?.hash ?? '' }), ...B, ...C],
      ['i-0a', 4, 'chain'],
      ['i-0a 3'],
    ],
    [
      'a stream that was hashed anew',
      [...REHASHED, ...B, ...C],
      how === 'hints' ? ['i-0a', 3, 'chain'] : ['i-0a', 2, 'changed'],
      [],
    ],
  ] as const) {
    test(`by ${how}, ${what} stops its stream alone, and is named`, async () => {
      const world = await first();
      const { broken } = await runOn(world, events);
      assert.equal(kinds(broken), [expected]);
      assert.equal(await sealed(world), [
        'i-0a 1',
        'i-0a 2',
        'i-0b 1',
        'i-0b 2',
        ...rest,
        'i-0c 1',
        'i-0c 2',
        'i-0c 3',
      ]);
    });
  }

  test(`by ${how}, a stream is sealed on once it is whole again`, async () => {
    const world = await first();
    await runOn(world, [...A.toSpliced(2, 1), ...B]);
    const { broken } = await runOn(world, [...A, ...B]);
    assert.equal(broken, []);
    assert.equal((await sealed(world)).slice(-2), ['i-0a 3', 'i-0a 4']);
  });
}

test('an event that was heard of and is not there is missing', async () => {
  const world = worldOf();
  await leaveHints(world.coordination, A, world.now());
  const { broken } = await worldOf(storeOf(A.slice(0, 3)), world.objects, world.coordination).seal(
    {},
    'hints',
  );
  assert.equal(kinds(broken), [['i-0a', 4, 'missing']]);
  assert.equal(await sealed(world), ['i-0a 1', 'i-0a 2', 'i-0a 3']);
});

test('a comparison finds a cut tail and a hole among sealed events, which no hint tells of', async () => {
  for (const [left, seq] of [
    [A.slice(0, 3), 4],
    [A.toSpliced(1, 1), 2],
  ] as const) {
    const world = worldOf();
    await appendAll(world.store, A);
    await world.seal();
    const { broken } = await worldOf(storeOf(left), world.objects, world.coordination).seal();
    assert.equal(kinds(broken), [['i-0a', seq, 'missing']]);
  }
});

test('hints cost what is new: no stream is read, and no event that is sealed', async () => {
  const store = watched(worldOf().store);
  const world = worldOf(store);
  for (const upTo of [2, 4]) {
    await appendAll(store, A.slice(0, upTo));
    await leaveHints(world.coordination, A.slice(0, upTo), world.now());
    await world.seal({}, 'hints');
  }
  assert.equal(store.calls.read, []);
  assert.equal(
    store.calls.find.map((places) => places.map(({ seq }) => seq)),
    [
      [1, 2],
      [3, 4],
    ],
  );
});

test('hints of what is sealed already, left again and late, change nothing', async () => {
  const world = worldOf();
  await appendAll(world.store, A);
  await leaveHints(world.coordination, A, world.now());
  await world.seal({}, 'hints');
  const before = await readHead(world.coordination);
  await leaveHints(world.coordination, A, world.now());
  assert.is((await openHints(world.coordination, 10)).length, 1);
  assert.equal(await world.seal({}, 'hints'), { sealed: 0, broken: [], isDone: true });
  assert.equal(await readHead(world.coordination), before);
  assert.equal(await openHints(world.coordination, 10), []);
});

test('a batch of many streams leaves a few hints, with the last event of each', async () => {
  const world = worldOf();
  const events = Array.from({ length: 1_200 }, (_, i) =>
    eventsOf(`i-${String(i).padStart(8, '0')}`, 2),
  ).flat();
  await leaveHints(world.coordination, events, world.now());
  const hints = await openHints(world.coordination, 10);
  assert.equal(hints.map(({ places }) => places.length).sort(), [200, 500, 500]);
  assert.ok(hints.every(({ places }) => places.every(([, seq]) => seq === 2)));
});

test('a comparison that has no time goes on where it stopped', async () => {
  const world = worldOf();
  const events = Array.from({ length: 40 }, (_, i) => eventsOf(`i-${i + 10}`, 300)).flat();
  const store = storeOf(events);
  let runs = 0;
  for (let isDone = false; !isDone; runs++) {
    const sealer = await openSealer(world);
    ({ isDone } = await sealCompared({ ...world, store, sealer, isTime: () => false }));
  }
  assert.ok(runs >= 3, `${runs} runs`);
  assert.is((await sealed(world)).length, 12_000);
});

test.run();
