import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryStore } from '../../src/adapters/memory/event-store.ts';
import { observeTags } from '../../src/commands/observe-tags.ts';
import { decideTagRequest } from '../../src/commands/request-tags.ts';
import { type Decision, type Ledger, transact } from '../../src/commands/transact.ts';
import { virtualClock } from '../../src/embedded/simulated-aws/virtual-clock.ts';
import { type EventStore, SeqConflictError } from '../../src/events/event-store.ts';
import { GENESIS, hashOf } from '../../src/events/hash-chain.ts';
import { type RecordedEvent, record } from '../../src/events/recorded-event.ts';
import { fold } from '../../src/events/resource.ts';
import type { TagEvent } from '../../src/events/tag-event.ts';
import { fullJitter } from '../../src/shared/backoff.ts';
import { rejectionOf } from '../support/async.ts';
import { ADA, at, BOB, chain, observed, requested, STREAM, tags, trail } from '../support/events.ts';

const test = suite('transact');

const START = new Date('2026-04-01T00:00:00.000Z');

/** A ledger whose clock stands still and whose writers do not wait. */
const ledgerOn = (store: EventStore, more: Partial<Ledger> = {}): Ledger => ({
  store,
  eventFormat: 1,
  now: () => START,
  wait: async () => {},
  ...more,
});

/** A store whose appends pass through `append`; it is given the real one. */
const withAppend = (
  store: EventStore,
  append: (event: RecordedEvent, real: EventStore['append']) => ReturnType<EventStore['append']>,
): EventStore => ({ ...store, append: (event) => append(event, store.append) });

/** Counts what a store is asked. */
const counting = (store: EventStore) => {
  const calls = { reads: 0, appends: 0 };
  const counted: EventStore = {
    ...store,
    read: (stream) => {
      calls.reads += 1;
      return store.read(stream);
    },
    append: (event) => {
      calls.appends += 1;
      return store.append(event);
    },
  };
  return { calls, store: counted };
};

const storeWith = async (...events: readonly TagEvent[]): Promise<EventStore> => {
  const store = memoryStore();
  for (const event of chain(events)) await store.append(event);
  return store;
};

/** Observes Bob's change `id`, at minute 1. */
const change = (id: string): Decision =>
  observeTags(STREAM, { cause: trail(id), who: BOB, at: at(1), set: tags(`${id}=x`), removed: [] });

const changed = (id: string) => observed(trail(id), at(1), `${id}=x`);

/** A decision of several events. */
const both =
  (...decisions: readonly Decision[]): Decision =>
  (resource, events) =>
    decisions.flatMap((decide) => decide(resource, events));

/** Asks for Owner=ada, which is not needed once somebody else has set Owner. */
const ask = decideTagRequest(STREAM, {
  cause: trail('call-1'),
  who: ADA,
  at: at(5),
  tags: tags('Owner=ada'),
  overwrite: [],
  notes: [],
});

/** Whether a stream is whole: seqs without gaps, hashes that follow from the bytes, times that grow. */
const assertChain = (events: readonly RecordedEvent[]): void => {
  events.forEach(({ stream, seq, prev, hash, body, recordedAt }, i) => {
    const before = events[i - 1];
    assert.is(seq, i + 1);
    assert.is(prev, before?.hash ?? GENESIS);
    assert.is(hash, hashOf({ stream, seq, prev, body }));
    if (before) assert.ok(recordedAt > before.recordedAt, `${recordedAt} after ${before.recordedAt}`);
  });
};

test('what is decided is appended behind what is there, and the answer is the new state', async () => {
  const store = await storeWith(changed('a'));
  const { resource, events, appended } = await transact(
    ledgerOn(store),
    STREAM,
    both(change('b'), change('c')),
  );
  const stored = await store.read(STREAM);
  assert.equal(
    stored.map(({ event }) => event),
    [changed('a'), changed('b'), changed('c')],
  );
  assertChain(stored);
  assert.equal(events, stored);
  assert.equal(appended, stored.slice(1));
  assert.equal(resource, fold(stored));
});

test('a decision of nothing appends nothing', async () => {
  const { calls, store } = counting(await storeWith(changed('a')));
  const { events, appended } = await transact(ledgerOn(store), STREAM, change('a'));
  assert.equal(calls, { reads: 1, appends: 0 });
  assert.is(events.length, 1);
  assert.equal(appended, []);
});

test('whoever loses a race decides again on the new state and takes the next place', async () => {
  const inner = memoryStore();
  let races = 0;
  const store = withAppend(inner, async (event, append) => {
    if (races++ === 0) await append(record(STREAM, changed('first'), undefined, START));
    return append(event);
  });
  const decidedOn: number[] = [];
  const { appended } = await transact(ledgerOn(store), STREAM, (resource, events) => {
    decidedOn.push(resource.lastSeq);
    return change('second')(resource, events);
  });
  assert.equal(decidedOn, [0, 1]);
  assert.equal(
    appended.map(({ seq }) => seq),
    [2],
  );
  const stored = await inner.read(STREAM);
  assert.equal(
    stored.map(({ event }) => event),
    [changed('first'), changed('second')],
  );
  assertChain(stored);
});

test('a race can be lost to an event that leaves nothing to do', async () => {
  const inner = memoryStore();
  const theirs = observed(trail('theirs'), at(2), 'Owner=bob');
  const store = withAppend(inner, async (event, append) => {
    if (event.event.eventId !== theirs.eventId) await append(record(STREAM, theirs, undefined, START));
    return append(event);
  });
  const { appended, events } = await transact(ledgerOn(store), STREAM, ask);
  assert.equal(appended, []);
  assert.equal(
    events.map(({ event }) => event),
    [theirs],
  );
});

test('a race that is lost between two events keeps the first one and adds the second', async () => {
  const inner = memoryStore();
  const store = withAppend(inner, async (event, append) => {
    const [first, second] = await inner.read(STREAM);
    if (first && !second) await append(record(STREAM, changed('between'), first, START));
    return append(event);
  });
  const { appended, events } = await transact(ledgerOn(store), STREAM, both(change('a'), change('b')));
  const stored = await inner.read(STREAM);
  assert.equal(
    stored.map(({ event }) => event),
    [changed('a'), changed('between'), changed('b')],
  );
  assertChain(stored);
  assert.equal(events, stored);
  assert.equal(
    appended.map(({ seq }) => seq),
    [1, 3],
    'both were added by this call',
  );
});

test('right knowledge saves the read', async () => {
  const { calls, store } = counting(memoryStore());
  const { events } = await transact(ledgerOn(store), STREAM, change('a'), []);
  await transact(ledgerOn(store), STREAM, change('b'), events);
  assert.equal(calls, { reads: 0, appends: 2 });
  assertChain(await store.read(STREAM));
});

test('wrong knowledge costs one failed append, never a wrong event', async () => {
  const past = [changed('a'), observed(trail('theirs'), at(2), 'Owner=bob')];
  for (const believed of [0, 1]) {
    const inner = await storeWith(...past);
    const known = (await inner.read(STREAM)).slice(0, believed);
    for (const [decide, expected] of [
      [ask, past],
      [change('b'), [...past, changed('b')]],
    ] as const) {
      const { calls, store } = counting(inner);
      await transact(ledgerOn(store), STREAM, decide, known);
      assert.equal(calls, { reads: 1, appends: expected.length - past.length + 1 });
      const stored = await inner.read(STREAM);
      assert.equal(
        stored.map(({ event }) => event),
        expected,
      );
      assertChain(stored);
    }
  }
});

test('the events that a caller knows are not changed', async () => {
  const known = Object.freeze(chain([changed('a')]));
  const store = await storeWith(changed('a'));
  const { events } = await transact(ledgerOn(store), STREAM, change('b'), known);
  assert.is(events.length, 2);
});

test('after ten lost races it gives up with the conflict, having waited after all but the first and the last', async () => {
  const inner = memoryStore();
  const waits: number[] = [];
  let races = 0;
  const store = withAppend(inner, async (event, append) => {
    const there = await inner.read(STREAM);
    await append(record(STREAM, changed(`theirs-${++races}`), there.at(-1), START));
    return append(event);
  });
  const wait = async (tries: number) => void waits.push(tries);
  const error = await rejectionOf(transact(ledgerOn(store, { wait }), STREAM, change('mine')));
  assert.instance(error, SeqConflictError);
  assert.is((error as SeqConflictError).seq, 10);
  assert.is(races, 10);
  assert.equal(waits, [2, 3, 4, 5, 6, 7, 8, 9]);
  const stored = await inner.read(STREAM);
  assert.equal(
    stored.map(({ event }) => event.eventId),
    Array.from({ length: 10 }, (_, i) => changed(`theirs-${i + 1}`).eventId),
  );
});

test('any other error of the store is not tried again', async () => {
  const { calls, store } = counting(
    withAppend(memoryStore(), async () => {
      throw new Error('the table is on fire');
    }),
  );
  const error = await rejectionOf(transact(ledgerOn(store), STREAM, change('a')));
  assert.match((error as Error).message, 'on fire');
  assert.equal(calls, { reads: 1, appends: 1 });
});

test('a lost request and a lost reply both end in one event when the cause is delivered again', async () => {
  for (const lost of ['request', 'reply']) {
    for (const known of [undefined, []]) {
      const inner = memoryStore();
      const clock = { ms: START.getTime() };
      let appends = 0;
      const store = withAppend(inner, async (event, append) => {
        if (appends++ > 0) return append(event);
        if (lost === 'reply') await append(event);
        throw new Error(`the ${lost} is lost`);
      });
      const ledger = ledgerOn(store, { now: () => new Date(clock.ms) });
      assert.match(
        ((await rejectionOf(transact(ledger, STREAM, change('a'), known))) as Error).message,
        'is lost',
      );
      clock.ms += 60_000;
      const { appended, resource } = await transact(ledger, STREAM, change('a'), known);
      assert.is(appended.length, lost === 'request' ? 1 : 0);
      const stored = await inner.read(STREAM);
      assert.equal(
        stored.map(({ event }) => event),
        [changed('a')],
      );
      assert.equal(resource, fold(stored), 'the state is that of the event that stands there');
    }
  }
});

test('death between two events of one decision: the next delivery adds the rest', async () => {
  for (const known of [undefined, []]) {
    const inner = memoryStore();
    let alive = true;
    const store = withAppend(inner, async (event, append) => {
      if (alive && event.seq === 2) throw new Error('the process is dead');
      return append(event);
    });
    const decide = both(change('a'), change('b'));
    await rejectionOf(transact(ledgerOn(store), STREAM, decide, known));
    assert.is((await inner.read(STREAM)).length, 1);
    alive = false;
    const later = ledgerOn(store, { now: () => new Date(START.getTime() + 60_000) });
    const { appended } = await transact(later, STREAM, decide, known);
    assert.equal(
      appended.map(({ seq }) => seq),
      [2],
    );
    const stored = await inner.read(STREAM);
    assert.equal(
      stored.map(({ event }) => event),
      [changed('a'), changed('b')],
    );
    assertChain(stored);
  }
});

test('recordedAt grows by at least a millisecond when the clock stands still or goes back', async () => {
  const store = memoryStore();
  const clock = { ms: START.getTime() };
  const ledger = ledgerOn(store, { now: () => new Date(clock.ms) });
  for (const [id, at] of [
    ['a', 0],
    ['b', 0],
    ['c', -3_600_000],
    ['d', 1],
    ['e', 10],
  ] as const) {
    clock.ms = START.getTime() + at;
    await transact(ledger, STREAM, change(id));
  }
  const stored = await store.read(STREAM);
  assert.equal(
    stored.map(({ recordedAt }) => Date.parse(recordedAt) - START.getTime()),
    [0, 1, 2, 3, 10],
  );
  assertChain(stored);
});

/**
 * A ledger in simulated time: each act of the store takes 5 ms, so writers really come between each other, and
 * losers wait as they do by default, but with the same "random" numbers in every run.
 */
const crowdedLedger = (store: EventStore): Ledger => {
  const { sleep } = virtualClock(() => 0);
  let seed = 1;
  const random = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  const slow: EventStore = {
    ...store,
    read: async (stream) => {
      await sleep(5);
      return store.read(stream);
    },
    append: async (event) => {
      await sleep(5);
      return store.append(event);
    },
  };
  return ledgerOn(slow, { wait: (tries) => sleep(fullJitter(tries, undefined, random)) });
};

test('fifty deliveries of one cause at once are one event', async () => {
  for (const known of [undefined, []]) {
    const store = memoryStore();
    const ledger = crowdedLedger(store);
    const all = await Promise.all(Array.from({ length: 50 }, () => transact(ledger, STREAM, ask, known)));
    const stored = await store.read(STREAM);
    assert.equal(
      stored.map(({ event }) => event),
      [requested(trail('call-1'), at(5), 'Owner=ada')],
    );
    for (const { resource } of all) assert.equal(resource, fold(stored));
  }
});

test('fifty causes at once are fifty events in one whole chain', async () => {
  for (const known of [undefined, []]) {
    const store = memoryStore();
    const ledger = crowdedLedger(store);
    const ids = Array.from({ length: 50 }, (_, i) => `cause-${i}`);
    const all = await Promise.all(ids.map((id) => transact(ledger, STREAM, change(id), known)));
    const stored = await store.read(STREAM);
    assertChain(stored);
    assert.equal(
      stored.map(({ event }) => event.eventId).sort(),
      ids.map((id) => changed(id).eventId).sort(),
    );
    assert.equal(
      all.flatMap(({ appended }) => appended).sort((a, b) => a.seq - b.seq),
      stored,
    );
  }
});

test.run();
