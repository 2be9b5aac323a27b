import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryStore } from '../../src/adapters/memory/event-store.ts';
import { appendSegment } from '../../src/archive/append-segment.ts';
import { archiveFleet } from '../../src/archive/archive-fleet.ts';
import { EMPTY } from '../../src/archive/catalogue.ts';
import { checkArchive } from '../../src/archive/check/check-archive.ts';
import { archiveEvents } from '../../src/archive/inbox.ts';
import { keepArchive } from '../../src/archive/keep-archive.ts';
import { commit, readCatalogue } from '../../src/archive/newest-catalogue.ts';
import { makeSnapshot } from '../../src/archive/snapshot.ts';
import type { EventStore } from '../../src/events/event-store.ts';
import { type RecordedEvent, record } from '../../src/events/recorded-event.ts';
import type { ResourceArn } from '../../src/events/resource-arn.ts';
import { ledgerFleet } from '../../src/projections/ledger-fleet.ts';
import type { FleetReader, Moment } from '../../src/projections/resource-at.ts';
import { anyHistory, anyMoment, shuffledAndRepeated } from '../support/any-history.ts';
import { memoryArchive } from '../support/archive.ts';
import { flatListOf, listOf } from '../support/async.ts';
import { at, created, observed, STREAM, streamOf, toldByEventBridge } from '../support/events.ts';

const test = suite('the fleet from the archive');

/** What a reader says of a moment, as JSON. */
const answer = async (fleet: FleetReader, moment: Moment): Promise<string> => {
  const all = await flatListOf(fleet.at(moment));
  const middle = all[Math.floor(all.length / 2)]?.arn;
  const rest = await flatListOf(fleet.at(moment, middle));
  return JSON.stringify([all, rest, (await fleet.span(moment.knownAt))?.began ?? null]);
};

const ledgerOf = async (history: readonly RecordedEvent[]): Promise<EventStore> => {
  const store = memoryStore();
  for (const event of history) await store.append(event);
  return store;
};

/** An archive that holds nothing yet, so that all comes from the feed. */
const emptyArchive = async () => {
  const objects = memoryArchive();
  await commit(objects, { ...EMPTY, version: 1 });
  return objects;
};

/** Small numbers, so that few events make many snapshots. */
const policy = { share: 0.25, least: 1 };

/** A history, the batches in which it comes, and after which of them, and when, the archive is looked after. */
const anyFeed = anyHistory.chain((history) =>
  fc.record({
    history: fc.constant(history),
    feed: shuffledAndRepeated(history),
    lost: fc.subarray(history),
    batch: fc.integer({ min: 1, max: 9 }),
    keeps: fc.array(fc.option(fc.integer({ min: 0, max: 12 })), { minLength: 30, maxLength: 30 }),
  }),
);

test('whatever comes late, twice, in any order, and whenever snapshots are made, it is that of the ledger', async () => {
  let [snapshots, used] = [0, 0];
  await fc.assert(
    fc.asyncProperty(anyFeed, fc.array(anyMoment, { minLength: 8, maxLength: 8 }), async (given, moments) => {
      const { history, feed, batch, keeps } = given;
      const store = await ledgerOf(history);
      const objects = await emptyArchive();
      for (let i = 0, n = 0; i < feed.length; i += batch, n++) {
        await archiveEvents(objects, feed.slice(i, i + batch));
        const minute = keeps[n % keeps.length];
        if (minute === null || minute === undefined) continue;
        await keepArchive({ objects, store, now: () => new Date(at(minute)), policy });
      }
      for (const moment of moments)
        assert.is(
          await answer(archiveFleet(objects, store), moment),
          await answer(ledgerFleet(store), moment),
        );
      await checkArchive(objects, store, (one) => assert.is.not(one.kind, 'object', JSON.stringify(one)));
      const made = (await readCatalogue(objects))?.snapshots ?? [];
      snapshots += made.length;
      used += moments.filter((moment) =>
        made.some(({ asOf, knownAt }) => asOf <= moment.asOf && knownAt <= moment.knownAt),
      ).length;
    }),
    { numRuns: 60 },
  );
  // The property would say nothing of snapshots if none were made, or none were of use.
  assert.ok(snapshots > 40 && used > 20, `${snapshots} snapshots, of use ${used} times`);
});

test('what the feed lost is read from the ledger, but for the ends of streams', async () => {
  await fc.assert(
    fc.asyncProperty(anyFeed, anyMoment, async ({ history, feed, lost }, moment) => {
      const store = await ledgerOf(history);
      const objects = await emptyArchive();
      const came = feed.filter((event) => !lost.includes(event));
      if (came.length > 0) await archiveEvents(objects, came);
      const kept = await keepArchive({ objects, store, now: () => new Date(at(12)), policy });
      const known = await ledgerOf(
        history.filter(({ stream, seq }) => came.some((one) => one.stream === stream && one.seq >= seq)),
      );
      assert.is(await answer(archiveFleet(objects, store), moment), await answer(ledgerFleet(known), moment));
      assert.is(kept.isDone, true);
    }),
    { numRuns: 50 },
  );
});

test('answers about what was known at a moment never change as the ledger grows beyond it', async () => {
  await fc.assert(
    fc.asyncProperty(anyFeed, anyMoment, async ({ history, batch, keeps }, moment) => {
      const inTime = [...history].sort((a, b) => (a.recordedAt < b.recordedAt ? -1 : 1));
      const store = await ledgerOf(history);
      const objects = await emptyArchive();
      let given: string | undefined;
      for (let i = 0, n = 0; i < inTime.length; i += batch, n++) {
        const events = inTime.slice(i, i + batch);
        if (given === undefined && (events[0]?.recordedAt ?? '') > moment.knownAt)
          given = await answer(archiveFleet(objects, store), moment);
        await archiveEvents(objects, events);
        const minute = keeps[n % keeps.length];
        if (minute === null || minute === undefined) continue;
        await keepArchive({ objects, store, now: () => new Date(at(minute)), policy });
      }
      if (given !== undefined) assert.is(await answer(archiveFleet(objects, store), moment), given);
    }),
    { numRuns: 50 },
  );
});

test('a page goes on behind any resource, whichever object of the snapshot it is in', async () => {
  const store = memoryStore();
  for (let n = 0; n < 23; n++)
    await store.append(
      record(streamOf(`i-000000000000000${n + 10}`), observed(`o${n}`), undefined, new Date(at(1))),
    );
  const objects = await emptyArchive();
  const events = await listOf(store.readAll());
  const now = { asOf: at(2), knownAt: at(2) };
  const catalogue = await appendSegment(objects, (await readCatalogue(objects)) ?? EMPTY, events);
  const snapshot = await makeSnapshot(objects, store, catalogue, now, 4);
  assert.is(snapshot.shards, 6);
  await commit(objects, { ...catalogue, version: 2, snapshots: [snapshot] });
  const arns = async (fleet: FleetReader, after?: ResourceArn) =>
    (await flatListOf(fleet.at(now, after))).map(({ arn }) => arn);
  for (const { stream } of events)
    assert.equal(await arns(archiveFleet(objects, store), stream), await arns(ledgerFleet(store), stream));
});

/**
 * A ledger, its archive with a segment for each batch and a snapshot of each moment but without what the feed lost, and
 * the streams that are read from the ledger.
 */
const archivedWith = async (
  batches: readonly (readonly RecordedEvent[])[],
  moments: readonly string[],
  lost: readonly RecordedEvent[] = [],
) => {
  const store = await ledgerOf([...batches.flat(), ...lost]);
  const objects = await emptyArchive();
  let catalogue = (await readCatalogue(objects)) ?? EMPTY;
  for (const batch of batches)
    catalogue = await appendSegment(objects, catalogue, await (await ledgerOf(batch)).find(batch));
  for (const moment of moments) {
    const snapshot = await makeSnapshot(objects, store, catalogue, { asOf: moment, knownAt: moment });
    catalogue = { ...catalogue, snapshots: [...catalogue.snapshots, snapshot] };
  }
  await commit(objects, { ...catalogue, version: 2 });
  const read: string[] = [];
  const ledger = {
    read: (stream: ResourceArn) => {
      read.push(stream);
      return store.read(stream);
    },
  };
  return { store, fleet: archiveFleet(objects, ledger), read };
};

test('a disputed stream is read from the ledger only if the snapshot lacks some of its events', async () => {
  const [first, second] = [streamOf('i-00000000000000001'), streamOf('i-00000000000000002')];
  const removal = { ...observed('o2', at(2)), set: [], removedIf: [{ key: 'Owner', value: 'ada' }] };
  const until2 = (stream: ResourceArn): [RecordedEvent, RecordedEvent] => {
    const birth = record(stream, created('o1', at(1), 'Owner=ada'), undefined, new Date(at(1)), 2);
    return [birth, record(stream, removal, birth, new Date(at(2)), 2)];
  };
  const [birth, removed] = until2(second);
  const later = record(second, observed('o3', at(5), 'Owner=bob'), removed, new Date(at(5)), 2);
  const { store, fleet, read } = await archivedWith([[...until2(first), birth, removed], [later]], [at(3)]);
  const readAt = async (minute: number) => {
    read.length = 0;
    const moment = { asOf: at(minute), knownAt: at(minute) };
    assert.is(await answer(fleet, moment), await answer(ledgerFleet(store), moment));
    return [...new Set(read)];
  };
  assert.equal(await readAt(2), [first, second]);
  assert.equal(await readAt(3), []);
  assert.equal(await readAt(4), []);
  assert.equal(await readAt(6), [second]);
});

test('a disputed stream is folded up to the newest event that the archive has', async () => {
  const removal = { ...observed('o2', at(2)), set: [], removedIf: [{ key: 'Owner', value: 'ada' }] };
  const birth = record(STREAM, created('o1', at(1), 'Owner=ada'), undefined, new Date(at(1)), 2);
  const removed = record(STREAM, removal, birth, new Date(at(2)), 2);
  // The feed lost both: one took effect before the snapshot and one after it.
  const early = record(STREAM, observed('o3', at(3), 'Owner=bob'), removed, new Date(at(3)), 2);
  const late = record(STREAM, observed('o4', at(5), 'App=web'), early, new Date(at(3)), 2);
  const { fleet } = await archivedWith([[birth, removed]], [at(4)], [early, late]);
  const moment = { asOf: at(6), knownAt: at(6) };
  const known = ledgerFleet(await ledgerOf([birth, removed]));
  assert.is(await answer(fleet, moment), await answer(known, moment));
});

test('what EventBridge told after the moment decides what a call before it did', async () => {
  const birth = record(STREAM, created('o1', at(0), 'Owner=bob'), undefined, new Date(at(0)), 2);
  const removal = { ...observed('o2', at(1)), set: [], removedIf: [{ key: 'Owner', value: 'ada' }] };
  const removed = record(STREAM, removal, birth, new Date(at(1)), 2);
  const soon = new Date(Date.parse(at(1)) + 1_200).toISOString();
  const told = { ...toldByEventBridge('t1', soon), set: [], removed: ['Owner'] };
  const batches = [[birth, removed], [record(STREAM, told, removed, new Date(at(5)), 2)]];
  const { store, fleet } = await archivedWith(batches, [at(1)]);
  for (const knownAt of [at(1), at(6)]) {
    const moment = { asOf: at(1), knownAt };
    assert.is(await answer(fleet, moment), await answer(ledgerFleet(store), moment));
  }
});

test.run();
