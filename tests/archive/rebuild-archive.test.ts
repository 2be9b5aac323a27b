import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryStore } from '../../src/adapters/memory/event-store.ts';
import { archiveFleet } from '../../src/archive/archive-fleet.ts';
import type { ArchiveStore } from '../../src/archive/archive-store.ts';
import { archivedOrLedger } from '../../src/archive/archived-or-ledger.ts';
import { EMPTY } from '../../src/archive/catalogue.ts';
import { checkArchive } from '../../src/archive/check/check-archive.ts';
import type { ArchiveDifference } from '../../src/archive/check/difference.ts';
import { archiveEvents } from '../../src/archive/inbox.ts';
import { keepArchive } from '../../src/archive/keep-archive.ts';
import { ArchiveBusyError, commit, readCatalogue } from '../../src/archive/newest-catalogue.ts';
import { rebuildArchive } from '../../src/archive/rebuild-archive.ts';
import { summariesName } from '../../src/archive/segment.ts';
import type { RecordedEvent } from '../../src/events/recorded-event.ts';
import { ledgerFleet } from '../../src/projections/ledger-fleet.ts';
import { anyHistory, anyMoment } from '../support/any-history.ts';
import { memoryArchive } from '../support/archive.ts';
import { flatListOf, rejectionOf } from '../support/async.ts';
import { at, chain, observed, requested, STREAM, streamOf } from '../support/events.ts';

const test = suite('an archive beside its ledger');

const now = () => new Date(at(30));
const ledgerOf = async (history: readonly RecordedEvent[]) => {
  const store = memoryStore();
  for (const event of history) await store.append(event);
  return store;
};
const HISTORY = [
  ...chain([requested('r1'), observed('o1'), observed('o2')]),
  ...chain([requested('r2'), observed('o3')], streamOf('i-00000000000000001')),
];
const differences = async (objects: ArchiveStore, store: ReturnType<typeof memoryStore>) => {
  const found: ArchiveDifference[] = [];
  const counts = await checkArchive(objects, store, (difference) => found.push(difference));
  assert.is(counts.differences, found.length);
  return found;
};

test('made afresh it is that of the ledger, whatever was in it', async () => {
  await fc.assert(
    fc.asyncProperty(anyHistory, anyHistory, anyMoment, async (history, before, moment) => {
      const store = await ledgerOf(history);
      const objects = memoryArchive();
      if (before.length > 0) {
        await commit(objects, { ...EMPTY, version: 1 });
        await archiveEvents(objects, before);
        await keepArchive({ objects, store: await ledgerOf(before), now });
      }
      await rebuildArchive({ objects, store, now, policy: { share: 0, least: 1 } });
      assert.equal(
        await flatListOf(archiveFleet(objects, store).at(moment)),
        await flatListOf(ledgerFleet(store).at(moment)),
      );
      assert.equal(await differences(objects, store), []);
    }),
    { numRuns: 30 },
  );
});

test('the first run that keeps an archive makes it from the ledger', async () => {
  const store = await ledgerOf(HISTORY);
  const objects = memoryArchive();
  await archiveEvents(objects, HISTORY.slice(3, 4));
  await keepArchive({ objects, store, now });
  assert.equal(await differences(objects, store), []);
});

test('until the archive has been made questions are answered from the ledger, however much is in the inbox', async () => {
  const store = await ledgerOf(HISTORY);
  const objects = memoryArchive();
  const fleet = archivedOrLedger(objects, store);
  const moment = { asOf: at(20), knownAt: at(20) };
  const whole = [await flatListOf(ledgerFleet(store).at(moment)), await ledgerFleet(store).span(at(20))];
  const answer = async () => [await flatListOf(fleet.at(moment)), await fleet.span(at(20))];
  await archiveEvents(objects, HISTORY.slice(3));
  assert.equal(await answer(), whole);
  await keepArchive({ objects, store, now });
  const read = store.readAll;
  store.readAll = () => {
    throw new Error('the ledger was read');
  };
  assert.equal(await answer(), whole);
  store.readAll = read;
});

test('a lost end of a stream, another event and one that the ledger lacks are found by a check', async () => {
  const store = await ledgerOf(HISTORY);
  const objects = memoryArchive();
  await commit(objects, { ...EMPTY, version: 1 });
  const [other] = chain([requested('another')], streamOf('i-00000000000000001')) as [RecordedEvent];
  const [alone] = chain([requested('r9')], streamOf('i-00000000000000009')) as [RecordedEvent];
  await archiveEvents(objects, [...HISTORY.slice(0, 2), other, HISTORY[4] as RecordedEvent, alone]);
  assert.equal(await differences(objects, store), [
    { kind: 'missing', stream: STREAM, seq: 3 },
    { kind: 'differs', stream: other.stream, seq: 1 },
    { kind: 'unexpected', stream: alone.stream, seq: 1 },
  ]);
});

test('outlines that are not what their segment says are found by a check', async () => {
  const store = await ledgerOf(HISTORY);
  const objects = memoryArchive();
  await rebuildArchive({ objects, store, now });
  const [segment] = (await readCatalogue(objects))?.segments ?? [];
  const name = summariesName(segment?.id ?? '');
  await objects.put(name, new Uint8Array([1, 2, 3]));
  assert.equal(
    (await differences(objects, store)).map(({ kind }) => kind),
    ['object'],
  );
});

test('a gap within a stream is read from the ledger, once', async () => {
  const store = await ledgerOf(HISTORY);
  const objects = memoryArchive();
  await commit(objects, { ...EMPTY, version: 1 });
  await archiveEvents(objects, [HISTORY[2], HISTORY[4]] as RecordedEvent[]);
  const kept = await keepArchive({ objects, store, now });
  assert.is(kept.repaired, 3);
  assert.equal(await differences(objects, store), []);
  assert.is((await keepArchive({ objects, store, now })).repaired, 0);
});

test('of two that keep an archive at once one goes on, and nothing is lost', async () => {
  const store = await ledgerOf(HISTORY);
  const objects = memoryArchive();
  await commit(objects, { ...EMPTY, version: 1 });
  await archiveEvents(objects, HISTORY);
  const ends = await Promise.all(
    [1, 2, 3].map(() => keepArchive({ objects, store, now }).catch((error: unknown) => error)),
  );
  for (const end of ends) if (end instanceof Error) assert.instance(end, ArchiveBusyError);
  await keepArchive({ objects, store, now });
  assert.equal(await differences(objects, store), []);
});

test('dying at any write loses nothing and changes no answer', async () => {
  const store = await ledgerOf(HISTORY);
  const moment = { asOf: at(30), knownAt: '2026-12-31T00:00:00.000Z' };
  const wanted = JSON.stringify(await flatListOf(ledgerFleet(store).at(moment)));
  for (let writes = 0; ; writes++) {
    const objects = memoryArchive();
    await commit(objects, { ...EMPTY, version: 1 });
    for (const event of HISTORY) await archiveEvents(objects, [event]);
    let left = writes;
    const die =
      <A extends readonly unknown[], T>(act: (...args: A) => Promise<T>) =>
      (...args: A) => {
        if (left-- === 0) return Promise.reject(new Error('the process died'));
        return left < 0 ? new Promise<T>(() => {}) : act(...args);
      };
    const { put, create, remove, coordination } = objects;
    const dying = {
      ...objects,
      put: die(put),
      create: die(create),
      remove: die(remove),
      coordination: { ...coordination, swap: die(coordination.swap) },
    };
    const policy = { share: 0, least: 1 };
    const end = await keepArchive({ objects: dying, store, now, policy }).catch((error: unknown) => error);
    assert.is(
      JSON.stringify(await flatListOf(archiveFleet(objects, store).at(moment))),
      wanted,
      `after ${writes} writes`,
    );
    await keepArchive({ objects, store, now, policy });
    assert.is(
      JSON.stringify(await flatListOf(archiveFleet(objects, store).at(moment))),
      wanted,
      `kept after ${writes} writes`,
    );
    if (!(end instanceof Error)) {
      assert.ok(writes >= 10, `${writes} writes`);
      return;
    }
  }
});

const rejected = async () => {
  const objects = memoryArchive();
  await commit(objects, { ...EMPTY, version: 1 });
  return rejectionOf(commit(objects, { ...EMPTY, version: 1, step: 1 }));
};

test('two different catalogues of one version are not both written', async () => {
  assert.instance(await rejected(), ArchiveBusyError);
});

test.run();
