import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryStore } from '../../../src/adapters/memory/event-store.ts';
import { memoryStateStore } from '../../../src/adapters/memory/state-store.ts';
import { fold } from '../../../src/events/resource.ts';
import type { ResourceArn } from '../../../src/events/resource-arn.ts';
import type { TagEvent } from '../../../src/events/tag-event.ts';
import { reconcile } from '../../../src/handlers/reconcile/reconcile.ts';
import { rowOf } from '../../../src/projections/state-row.ts';
import { DEFAULT_RETRY } from '../../../src/tagging/retry-policy.ts';
import { listOf } from '../../support/async.ts';
import { appendAll, GONE, remembering, tickingClock, watched } from '../../support/doubles.ts';
import { applied, at, chain, failed, NOW, requested, streamOf } from '../../support/events.ts';

const test = suite('reconcile');

const stream = (n: number): ResourceArn => streamOf(`i-${String(n).padStart(8, '0')}`);
const AGAIN = failed('f1', { class: 'throttled', retryAt: at(490) });

/** The handler over an empty ledger, at so many minutes after the events were recorded. */
const setUp = ({ limit = 100, minutes = 20 } = {}) => {
  const store = watched(memoryStore());
  const states = memoryStateStore();
  const seen = remembering();
  const now = tickingClock(new Date(NOW.getTime() + minutes * 60_000).toISOString());
  const ledger = { store, eventFormat: 1 as const, now, wait: async () => undefined };
  const run = reconcile({ ledger, states, policy: DEFAULT_RETRY, limit, telemetry: seen.telemetry });
  return {
    ...seen,
    store,
    states,
    run: (remainingMs = () => 60_000) => run(remainingMs),
    /** Records a stream, of which the row has seen the first `projected` events. */
    given: async (n: number, events: readonly TagEvent[], projected = events.length) => {
      const recorded = chain(events, stream(n));
      await appendAll(store, recorded);
      if (projected > 0) await states.save(rowOf(stream(n), fold(recorded.slice(0, projected))));
    },
    typesOf: async (n: number) => (await store.read(stream(n))).map(({ event }) => event.type),
    rowOf: async (n: number) => (await states.get([stream(n)]))[0],
  };
};

test('it raises attempts that are due and attempts that were lost, and leaves all others alone', async () => {
  const world = setUp();
  await world.given(1, [requested('r1'), AGAIN]);
  await world.given(2, [requested('r1')]);
  await world.given(3, [requested('r1'), failed('f1', { class: 'throttled', retryAt: at(999) })]);
  await world.given(4, [requested('r1'), applied('a1')]);
  await world.given(5, [requested('r1'), failed('f1')]);
  const done = await world.run();
  assert.equal(
    [done.looked, done.raised, done.givenUp, done.repaired, done.failed, done.more],
    [2, 2, 0, 0, 0, false],
  );
  assert.is(world.store.calls.read.length, 2, 'only what is due is read');
  for (const n of [1, 2]) assert.is((await world.typesOf(n)).at(-1), 'TagRequested');
  for (const n of [3, 4, 5]) assert.is((await world.typesOf(n)).length, 2);
});

test('a second run, also at the same time, raises nothing again', async () => {
  const world = setUp();
  await world.given(1, [requested('r1'), AGAIN]);
  const runs = await Promise.all([world.run(), world.run(), world.run()]);
  assert.is(
    runs.reduce((sum, { raised }) => sum + raised, 0),
    1,
  );
  assert.is((await world.run()).raised, 0);
  assert.equal(await world.typesOf(1), ['TagRequested', 'TagFailed', 'TagRequested']);
});

test('a row that is behind the ledger is brought up, and what it waited for in vain is not asked again', async () => {
  const world = setUp();
  await world.given(1, [requested('r1'), applied('a1')], 1);
  const done = await world.run();
  assert.equal([done.raised, done.repaired], [0, 1]);
  assert.is((await world.rowOf(1))?.status, 'applied');
  assert.is((await world.run()).looked, 0);
});

test('one run does only so much, the longest due first, and the next one goes on', async () => {
  const world = setUp({ limit: 2 });
  for (const n of [1, 2, 3]) {
    await world.given(n, [requested('r1'), failed('f1', { class: 'throttled', retryAt: at(100 - n) })]);
  }
  const first = await world.run();
  assert.equal([first.raised, first.more], [2, true]);
  assert.equal(await world.typesOf(1), ['TagRequested', 'TagFailed']);
  // The feed brings the rows up; here, it is late, and the same two are still in the index.
  for await (const event of world.store.readAll()) {
    await world.states.save(rowOf(event.stream, fold(await world.store.read(event.stream))));
  }
  const second = await world.run();
  assert.equal([second.raised, second.more], [1, false]);
});

test('a run without time does nothing, and says that there is more', async () => {
  const world = setUp();
  await world.given(1, [requested('r1'), AGAIN]);
  const done = await world.run(() => 1_000);
  assert.equal([done.looked, done.more], [0, true]);
});

test('a resource that cannot be read does not keep the others waiting', async () => {
  const world = setUp();
  for (const n of [1, 2]) await world.given(n, [requested('r1'), AGAIN]);
  world.store.failRead = (name) => (name === stream(1) ? GONE : undefined);
  const done = await world.run();
  assert.equal([done.raised, done.failed], [1, 1]);
  assert.equal(world.errors(), ['a resource could not be reconciled']);
  world.store.failRead = undefined;
  assert.is((await world.run()).raised, 1);
});

test('a request whose last attempt was lost fails for good', async () => {
  const world = setUp({ minutes: 33 * 60 });
  const last = requested('r1-8', { attempt: 8, request: 'r1' });
  await world.given(1, [requested('r1'), last]);
  assert.is((await world.run()).givenUp, 1);
  const [, , end] = await world.store.read(stream(1));
  assert.ok(end?.event.type === 'TagFailed' && end.event.code === 'NoOutcome' && !end.event.retryAt);
  assert.is((await listOf(world.store.readAll())).length, 3);
});

test.run();
