import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryStore } from '../../src/adapters/memory/event-store.ts';
import { memoryStateStore } from '../../src/adapters/memory/state-store.ts';
import { type RecordedEvent, record } from '../../src/events/recorded-event.ts';
import { fold } from '../../src/events/resource.ts';
import type { ResourceArn } from '../../src/events/resource-arn.ts';
import { compare, type Difference } from '../../src/projections/compare.ts';
import { clear, type Rebuilt, rebuild } from '../../src/projections/rebuild.ts';
import { rowOf, type StateRow } from '../../src/projections/state-row.ts';
import type { StateStore } from '../../src/projections/state-store.ts';
import { listOf, rejectionOf } from '../support/async.ts';
import { appendAll, GONE, watched } from '../support/doubles.ts';
import { applied, chain, NOW, observed, requested, streamOf } from '../support/events.ts';

const test = suite('rebuild');

const stream = (n: number): ResourceArn => streamOf(`i-${String(n).padStart(8, '0')}`);
const LIFE = [requested('r1'), applied('a1'), observed('o1')];

/** A ledger of `count` resources, and the rows that it gives; `before` runs before a row is written. */
const setUp = async (count: number) => {
  const store = watched(memoryStore());
  const expected: StateRow[] = [];
  for (let n = 0; n < count; n++) {
    const events = chain(LIFE.slice(0, 1 + (n % 3)), stream(n));
    await appendAll(store, events);
    expected.push(rowOf(stream(n), fold(events)));
  }
  const inner = memoryStateStore();
  const world = { before: async (_: StateRow): Promise<void> => undefined };
  const states: StateStore = {
    ...inner,
    replace: async (row, seen) => {
      await world.before(row);
      return inner.replace(row, seen);
    },
  };
  const rowsNow = async () => (await listOf(inner.list())).sort((a, b) => (a.arn < b.arn ? -1 : 1));
  return Object.assign(world, { store, states, inner, expected, rowsNow });
};

/** The row as a hand leaves it. */
const edited = (row: StateRow, lastSeq = row.resource.lastSeq): StateRow => ({
  ...row,
  resource: { ...row.resource, lastSeq, tags: [{ key: 'Owner', value: 'eve', at: '', seq: 1, ours: false }] },
});

const totalOf = (steps: readonly Rebuilt[]) => {
  const total = { events: 0, rows: 0, written: 0, repaired: 0 };
  for (const step of steps)
    for (const name of ['events', 'rows', 'written', 'repaired'] as const) total[name] += step[name];
  return total;
};

const differencesOf = async (world: Parameters<typeof compare>[0]): Promise<Difference[]> =>
  (await listOf(compare(world))).flatMap(({ differences }) => differences);

test('an empty table gets the rows that the ledger gives, and then nothing more is written', async () => {
  const world = await setUp(250);
  const steps = await listOf(rebuild(world));
  assert.equal(
    steps.map(({ rows }) => rows),
    [100, 100, 50],
  );
  assert.equal(totalOf(steps), { events: 499, rows: 250, written: 250, repaired: 0 });
  assert.equal(await world.rowsNow(), world.expected);
  assert.equal(world.store.calls.read, []);
  assert.equal(totalOf(await listOf(rebuild(world))), { events: 499, rows: 250, written: 0, repaired: 0 });
  assert.equal(await differencesOf(world), []);
});

test('an empty ledger gives nothing', async () => {
  assert.equal(await listOf(rebuild(await setUp(0))), []);
});

test('a rebuild goes on behind the stream that it came to', async () => {
  const world = await setUp(250);
  const steps = rebuild(world)[Symbol.asyncIterator]();
  const { value } = await steps.next();
  await steps.return(undefined);
  assert.equal(totalOf(await listOf(rebuild(world, value.after))), {
    events: 300,
    rows: 150,
    written: 150,
    repaired: 0,
  });
  assert.equal(await world.rowsNow(), world.expected);
});

for (const [what, edit, kind] of [
  ['that was edited', (row) => edited(row), 'differs'],
  ['that is newer than its stream', (row) => edited(row, 99), 'differs'],
  [
    'that its last events did not come to',
    (row) => rowOf(row.arn, fold(chain(LIFE.slice(0, 1), row.arn))),
    'behind',
  ],
] satisfies [string, (row: StateRow) => StateRow, string][]) {
  test(`a row ${what} is found and repaired, and no other is written`, async () => {
    const world = await setUp(5);
    const wrong = edit(world.expected[2] as StateRow);
    for (const row of world.expected) await world.inner.save(row.arn === wrong.arn ? wrong : row);
    const [difference, ...others] = await differencesOf(world);
    assert.equal(others, []);
    assert.equal(
      [difference?.resource, difference?.kind, difference?.ledgerSeq, difference?.rowSeq],
      [wrong.arn, kind, 3, wrong.resource.lastSeq],
    );
    assert.is(totalOf(await listOf(rebuild(world))).repaired, 1);
    assert.equal(await world.rowsNow(), world.expected);
    assert.equal(await differencesOf(world), []);
  });
}

test('a missing row is found and written', async () => {
  const world = await setUp(3);
  for (const row of world.expected.slice(1)) await world.inner.save(row);
  assert.equal(await differencesOf(world), [
    { resource: stream(0), kind: 'missing', ledgerSeq: 1, rowSeq: null, path: null },
  ]);
  assert.is(totalOf(await listOf(rebuild(world))).written, 1);
  assert.equal(await world.rowsNow(), world.expected);
});

test('a row that project saved meanwhile is not overwritten with an older one', async () => {
  for (const there of [undefined, 1, 99]) {
    const world = await setUp(1);
    const [row] = world.expected as [StateRow];
    if (there) await world.inner.save(edited(row, there));
    const events = [...(await world.store.read(row.arn))];
    let latest = row;
    // At the last moment an event is appended and projected.
    world.before = async () => {
      if (events.length > 1) return;
      const next = record(row.arn, observed(`o${events.length}`), events.at(-1), NOW);
      events.push(next);
      await world.store.append(next);
      latest = rowOf(row.arn, fold(events));
      await world.inner.save(latest);
    };
    await listOf(rebuild(world));
    assert.equal(await world.rowsNow(), [latest], `lastSeq ${there}`);
    assert.is(latest.resource.lastSeq, 2);
  }
});

test('a row that is ahead of the events as they were scanned is no difference', async () => {
  const world = await setUp(2);
  for (const row of world.expected) await world.inner.save(row);
  // Scanned without the last event, which is in the ledger and in the row all the same.
  const [first, ...rest] = await listOf(world.store.readAll());
  const next = record(stream(0), observed('late'), first, NOW);
  await world.store.append(next);
  await world.inner.save(rowOf(stream(0), fold([first as RecordedEvent, next])));
  async function* readAll() {
    yield* [first as RecordedEvent, ...rest];
  }
  const store = { ...world.store, readAll };
  assert.equal(await differencesOf({ ...world, store }), []);
  assert.is(totalOf(await listOf(rebuild({ ...world, store }))).repaired, 0);
});

test('a row without a stream is told, and removed only when that is asked for', async () => {
  const world = await setUp(150);
  await listOf(rebuild(world));
  const stray = edited({ ...(world.expected[0] as StateRow), arn: streamOf('i-0ffffffffffffffff') }, 4);
  await world.inner.save(stray);
  assert.equal(await differencesOf(world), [
    { resource: stray.arn, kind: 'unexpected', ledgerSeq: null, rowSeq: 4, path: null },
  ]);
  assert.equal(await listOf(clear(world, false)), [{ resource: stray.arn, removed: false }]);
  assert.equal(await listOf(clear(world, true)), [{ resource: stray.arn, removed: true }]);
  assert.equal(await listOf(clear(world, true)), []);
  assert.equal(await world.rowsNow(), world.expected);
});

test('a stream that begins while its stray row is removed gets its row', async () => {
  const world = await setUp(0);
  const events = chain(LIFE.slice(0, 1), stream(0));
  await world.inner.save(edited(rowOf(stream(0), fold(events)), 4));
  const remove: StateStore['remove'] = async (seen) => {
    await appendAll(world.store, events);
    return world.inner.remove(seen);
  };
  assert.equal(await listOf(clear({ ...world, states: { ...world.states, remove } }, true)), []);
  assert.equal(await world.rowsNow(), [rowOf(stream(0), fold(events))]);
});

test('what a store rejects with passes through', async () => {
  const world = await setUp(1);
  world.before = () => Promise.reject(GONE);
  assert.is(await rejectionOf(listOf(rebuild(world))), GONE);
});

test.run();
