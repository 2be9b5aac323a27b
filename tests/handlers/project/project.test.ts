import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryStore } from '../../../src/adapters/memory/event-store.ts';
import { memoryStateStore } from '../../../src/adapters/memory/state-store.ts';
import { canonicalJson } from '../../../src/events/canonical-json.ts';
import { POLICY_STREAM, tamperStreamOf } from '../../../src/events/ledger-stream.ts';
import { type RecordedEvent, UnreadableEventError } from '../../../src/events/recorded-event.ts';
import { fold } from '../../../src/events/resource.ts';
import type { ResourceArn } from '../../../src/events/resource-arn.ts';
import type { TagEvent } from '../../../src/events/tag-event.ts';
import { project } from '../../../src/handlers/project/project.ts';
import { rowOf, type StateRow } from '../../../src/projections/state-row.ts';
import type { StateStore } from '../../../src/projections/state-store.ts';
import { listOf } from '../../support/async.ts';
import { appendAll, GONE, remembering, watched } from '../../support/doubles.ts';
import {
  applied,
  at,
  chain,
  failed,
  observed,
  policyRecorded,
  requested,
  retired,
  streamOf,
  tamperDetected,
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

const test = suite('project');

const stream = (n: number): ResourceArn => streamOf(`i-${String(n).padStart(8, '0')}`);

/** The handler over an empty ledger and state; saves and reads are counted, and fail where told. */
const setUp = () => {
  const store = watched(memoryStore());
  const seen = remembering();
  const inner = memoryStateStore();
  const saved: StateRow[] = [];
  const asked: ResourceArn[] = [];
  const aside: string[] = [];
  const world = {
    failSave: (_: StateRow): Error | undefined => undefined,
    failAside: (_: UnreadableEventError): boolean => false,
    now: new Date('2026-04-01T00:00:00.000Z'),
  };
  const states: StateStore = {
    ...inner,
    async save(row) {
      const error = world.failSave(row);
      if (error) throw error;
      saved.push(row);
      await inner.save(row);
    },
    get(arns) {
      asked.push(...arns);
      return inner.get(arns);
    },
  };
  return Object.assign(world, {
    ...seen,
    store,
    states,
    saved,
    asked,
    aside,
    deliver: lowest(
      project({
        store,
        states,
        setAside: async (errors) => {
          aside.push(...errors.map(({ stream, seq }) => `${stream} ${seq}`));
          return new Set(errors.filter((error) => world.failAside(error)));
        },
        now: () => world.now,
        telemetry: seen.telemetry,
      }),
    ),
    given: async (of: ResourceArn, ...events: readonly TagEvent[]) => {
      const recorded = chain(events, of);
      await appendAll(store, recorded);
      store.forgetCalls();
      return recorded;
    },
    rowOf: async (of: ResourceArn) => (await inner.get([of]))[0],
  });
};

const LIFE = [
  requested('r1'),
  observed('o1', { effectiveAt: at(1) }),
  applied('a1', { effectiveAt: at(2) }),
  retired('x1', { effectiveAt: at(3) }),
];

/** The resource's creation is known, so what comes later has something to continue. */
const BIRTH = observed('b1', { how: 'birth', effectiveAt: at(0) });
const BORN = [
  BIRTH,
  requested('r1', { effectiveAt: at(1) }),
  applied('a1', { effectiveAt: at(2) }),
  retired('x1', { effectiveAt: at(3) }),
];

test('all events of a resource in a batch are one save, and no row is read when its first is among them', async () => {
  const world = setUp();
  const events = [...(await world.given(stream(1), ...LIFE)), ...(await world.given(stream(2), ...LIFE))];
  assert.equal(await world.deliver(feedOf(events)), DONE);
  assert.equal(
    world.saved.map(({ arn, resource }) => [arn, resource.lastSeq]),
    [
      [stream(1), 4],
      [stream(2), 4],
    ],
  );
  assert.equal([world.asked, world.store.calls.read], [[], []]);
  assert.is(world.counts.RowsProjected, 2);
});

test('what the ledger records of itself has no row', async () => {
  const world = setUp();
  const events = [
    ...(await world.given(POLICY_STREAM, policyRecorded('p1'), policyRecorded('p2'))),
    ...(await world.given(tamperStreamOf(POLICY_STREAM), tamperDetected('t1'))),
  ];
  assert.equal(await world.deliver(feedOf(events)), DONE);
  assert.equal([world.saved, world.asked, world.aside], [[], [], []]);
});

test('events that come next and later continue the row, and no stream is read', async () => {
  const world = setUp();
  const events = await world.given(stream(1), ...BORN);
  for (const event of events) assert.equal(await world.deliver(feedOf([event])), DONE);
  assert.equal([world.asked.length, world.store.calls.read], [3, []]);
  assert.equal(await world.rowOf(stream(1)), rowOf(stream(1), fold(events)));
});

test('an event of the time of the last act is folded anew, from the stream as it is then', async () => {
  const world = setUp();
  const [first, second] = await world.given(
    stream(1),
    BIRTH,
    observed('o1', { effectiveAt: at(0) }),
    retired('x1', { effectiveAt: at(3) }),
  );
  assert.ok(first && second);
  for (const event of [first, second]) assert.equal(await world.deliver(feedOf([event])), DONE);
  assert.is((await world.rowOf(stream(1)))?.resource.lastSeq, 3);
  assert.equal(world.store.calls.read, [stream(1)]);
});

test('a row of an earlier fold, and one that cannot be read, are folded anew', async () => {
  for (const harm of ['of an earlier fold', 'unreadable']) {
    const world = setUp();
    const events = await world.given(stream(1), ...BORN);
    const row = rowOf(stream(1), fold(events.slice(0, 1)));
    await world.states.save({ ...row, resource: { ...row.resource, foldVersion: 1 } });
    if (harm === 'unreadable') world.states.get = () => Promise.reject(new SyntaxError('not JSON'));
    assert.equal(await world.deliver(feedOf(events.slice(1, 2))), DONE);
    assert.equal(world.store.calls.read, [stream(1)]);
    assert.equal(await world.rowOf(stream(1)), rowOf(stream(1), fold(events)));
  }
});

test('20,000 events, each a minute after the last and in a batch of its own, cost no read of the stream', async () => {
  const world = setUp();
  const moment = (n: number) => new Date(Date.UTC(2026, 2, 1, 0, n)).toISOString();
  const changes = Array.from({ length: 20_000 }, (_, n) =>
    observed(
      `o${n}`,
      moment(n),
      `Owner=p${n} Key${n % 7}=${n}`,
      n % 3 === 0 ? { removed: [`Key${n % 5}`] } : {},
    ),
  );
  const events = chain(changes, stream(1));
  for (const event of events) assert.equal(await world.deliver(feedOf([event])), DONE);
  assert.is(world.store.calls.read.length, 0);
  assert.equal(await world.rowOf(stream(1)), rowOf(stream(1), fold(events)));
});

test('a gap is filled by reading the stream', async () => {
  const world = setUp();
  const events = await world.given(stream(1), ...LIFE);
  const [first, , third] = events as [RecordedEvent, RecordedEvent, RecordedEvent];
  await world.deliver(feedOf([first]));
  assert.equal(await world.deliver(feedOf([third])), DONE);
  assert.equal(world.store.calls.read, [stream(1)]);
  assert.equal(await world.rowOf(stream(1)), rowOf(stream(1), fold(events)));
});

test('a gap within a batch is filled as well', async () => {
  const world = setUp();
  const events = await world.given(stream(1), ...LIFE);
  const [first, , third] = events as [RecordedEvent, RecordedEvent, RecordedEvent];
  assert.equal(await world.deliver(feedOf([third, first])), DONE);
  assert.equal(await world.rowOf(stream(1)), rowOf(stream(1), fold(events)));
});

test('an old event leaves the row as it is', async () => {
  const world = setUp();
  const events = await world.given(stream(1), ...LIFE);
  await world.deliver(feedOf(events));
  assert.equal(await world.deliver(feedOf(events.slice(1, 3))), DONE);
  assert.equal(await world.rowOf(stream(1)), rowOf(stream(1), fold(events)));
});

test('the first event that comes again does not take the row back', async () => {
  const world = setUp();
  const events = await world.given(stream(1), ...LIFE);
  await world.deliver(feedOf(events));
  assert.equal(await world.deliver(feedOf(events.slice(0, 1))), DONE);
  assert.is((await world.rowOf(stream(1)))?.resource.lastSeq, 4);
});

test('a save that fails is reported by the first record of its resource, and the others are done', async () => {
  const world = setUp();
  const [one, two, three] = [
    await world.given(stream(1), ...LIFE),
    await world.given(stream(2), ...LIFE),
    await world.given(stream(3), ...LIFE),
  ];
  assert.ok(one && two && three);
  // 0 and 1 of the first; 2, 4 and 6 of the second; 3, 5 and 7 of the third.
  const pairs = two.slice(0, 3).flatMap((event, i) => [event, three[i] as RecordedEvent]);
  const batch = feedOf([...one.slice(0, 2), ...pairs]);
  world.failSave = ({ arn }) => (arn === stream(1) ? undefined : GONE);
  const answer = await world.deliver(batch);
  assert.equal(answer, from(2));
  assert.equal(world.errors(), ['a resource could not be projected', 'a resource could not be projected']);
  assert.is((await world.rowOf(stream(1)))?.resource.lastSeq, 2);

  world.failSave = () => undefined;
  assert.equal(await world.deliver(rest(batch, answer)), DONE);
  assert.is((await world.rowOf(stream(2)))?.resource.lastSeq, 3);
  assert.is((await world.rowOf(stream(3)))?.resource.lastSeq, 3);
});

test('what a newer version wrote a moment ago comes again, and is set aside when nobody has upgraded this one', async () => {
  const world = setUp();
  const [first, second] = await world.given(stream(1), ...LIFE);
  assert.ok(first && second);
  const batch = batchOf({ recorded: first }, unreadable(second, asNewer(second)));
  world.now = new Date(Date.parse(second.recordedAt) + 60_000);
  assert.equal(await world.deliver(batch), from(1));
  assert.equal(world.aside, []);
  world.now = new Date(Date.parse(second.recordedAt) + 15 * 60_000);
  assert.equal(await world.deliver(batch), DONE);
  assert.equal(world.aside, [`${second.stream} 2`]);
  assert.is((await world.rowOf(stream(1)))?.resource.lastSeq, 1);
});

test('a stream that cannot be read is reported, and the others are done', async () => {
  const world = setUp();
  const [, lost] = await world.given(stream(1), ...LIFE);
  const whole = await world.given(stream(2), ...LIFE);
  assert.ok(lost);
  world.store.failRead = () => GONE;
  assert.equal(await world.deliver(feedOf([...whole, lost])), from(4));
  assert.is((await world.rowOf(stream(2)))?.resource.lastSeq, 4);
  assert.is(await world.rowOf(stream(1)), undefined);
});

test('a record that can never be read is set aside and counted, is not asked for again, and the others are done', async () => {
  const world = setUp();
  const [first] = await world.given(stream(1), ...LIFE);
  const [second] = await world.given(stream(2), ...LIFE);
  assert.ok(first && second);
  assert.equal(await world.deliver(batchOf(unreadable(second), { recorded: first })), DONE);
  assert.equal(world.aside, [`${stream(2)} 1`]);
  assert.equal(world.errors(), ['unreadable record in the change feed']);
  assert.is(world.counts.UnreadableRecords, 1);
  assert.ok(await world.rowOf(stream(1)));
  assert.not(await world.rowOf(stream(2)));
});

test('a record that could not be set aside is asked for again', async () => {
  const world = setUp();
  const [first, second] = await world.given(stream(1), ...LIFE);
  const [third] = await world.given(stream(2), ...LIFE);
  assert.ok(first && second && third);
  const batch = batchOf({ recorded: third }, unreadable(first), unreadable(second));
  world.failAside = ({ seq }) => seq === 2;
  assert.equal(await world.deliver(batch), from(2));
  world.failAside = () => true;
  assert.equal(await world.deliver(batch), from(1));
});

test('a stream with an event that can never be read is set aside, keeps its row, and the others are done', async () => {
  const world = setUp();
  const [first, , third] = await world.given(stream(1), ...LIFE);
  const whole = await world.given(stream(2), ...LIFE);
  assert.ok(first && third);
  await world.deliver(feedOf([first]));
  world.store.failRead = (of) => new UnreadableEventError(of, 2, 'its hash does not match its bytes');
  const batch = feedOf([third, ...whole]);
  assert.equal(await world.deliver(batch), DONE);
  assert.equal(world.aside, [`${stream(1)} 2`]);
  assert.is(world.counts.UnreadableRecords, 1);
  assert.is((await world.rowOf(stream(1)))?.resource.lastSeq, 1);
  assert.is((await world.rowOf(stream(2)))?.resource.lastSeq, 4);
  world.failAside = () => true;
  assert.equal(await world.deliver(batch), from(0));
});

for (const [what, isChange] of [
  ['change', true],
  ['removal', false],
] as const) {
  test(`the ${what} of an event changes no row and is not asked for again`, async () => {
    const world = setUp();
    const events = await world.given(stream(1), ...LIFE);
    await world.deliver(feedOf(events.slice(0, 1)));
    const before = await world.rowOf(stream(1));
    const [, second, third] = events as [RecordedEvent, RecordedEvent, RecordedEvent];
    assert.equal(await world.deliver(batchOf(tampered(second, isChange ? third : undefined))), DONE);
    assert.equal(await world.rowOf(stream(1)), before);
  });
}

test('a batch without trouble counts none', async () => {
  const world = setUp();
  await world.deliver(feedOf(await world.given(stream(1), ...LIFE)));
  assert.is(world.counts.UnreadableRecords, 0);
  assert.equal(world.errors(), []);
});

/** A few facts in any order: what a stream may hold, likely or not. */
const anyHistory = fc
  .array(fc.record({ kind: fc.nat({ max: 4 }), minute: fc.nat({ max: 9 }) }), { minLength: 1, maxLength: 7 })
  .map((facts) =>
    facts.map(({ kind, minute }, i): TagEvent => {
      const effectiveAt = at(minute);
      if (kind === 0) return requested(`r${i}`, { effectiveAt });
      if (kind === 1) return applied(`a${i}`, { effectiveAt, request: `r${i - 1}` });
      if (kind === 2) return failed(`f${i}`, { effectiveAt, request: `r${i - 1}` });
      if (kind === 3) return observed(`o${i}`, { effectiveAt, removed: minute > 7 ? 'all' : ['App'] });
      return retired(`x${i}`, { effectiveAt });
    }),
  );

test('however records come, and however often saves fail, each row ends as the fold of its stream, byte for byte', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyHistory, { minLength: 1, maxLength: 4 }),
      fc.infiniteStream(fc.nat({ max: 1000 })),
      fc.integer({ min: 1, max: 9 }),
      async (histories, numbers, batchSize) => {
        const world = setUp();
        const recorded = await Promise.all(histories.map((events, n) => world.given(stream(n), ...events)));
        const next = () => numbers.next().value as number;
        const records = [...recorded.flat(), ...recorded.flat().filter(() => next() % 2 === 0)]
          .map((event) => ({ event, key: next() }))
          .sort((a, b) => a.key - b.key)
          .map(({ event }) => event);
        let failures = 5;
        world.failSave = () => (next() % 4 === 0 && failures-- > 0 ? GONE : undefined);
        for (let i = 0; i < records.length; i += batchSize) {
          let batch = feedOf(records.slice(i, i + batchSize));
          for (let tries = 0; batch.events.length > 0; tries++) {
            assert.ok(tries < 20, 'a batch comes again and again');
            batch = rest(batch, await world.deliver(batch));
          }
        }
        const rows = new Map((await listOf(world.states.list())).map((row) => [row.arn, row]));
        assert.is(rows.size, histories.length);
        for (const [n, events] of recorded.entries()) {
          assert.is(canonicalJson(rows.get(stream(n))?.resource), canonicalJson(fold(events)));
        }
      },
    ),
    { numRuns: 150 },
  );
});

test.run();
