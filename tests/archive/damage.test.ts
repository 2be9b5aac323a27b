import { gunzipSync, gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryStore } from '../../src/adapters/memory/event-store.ts';
import { archiveFleet } from '../../src/archive/archive-fleet.ts';
import type { ArchiveStore } from '../../src/archive/archive-store.ts';
import { archivedOrLedger } from '../../src/archive/archived-or-ledger.ts';
import type { Catalogue } from '../../src/archive/catalogue.ts';
import { checkArchive } from '../../src/archive/check/check-archive.ts';
import type { ArchiveDifference } from '../../src/archive/check/difference.ts';
import { UnreadableArchiveError } from '../../src/archive/compressed.ts';
import { digestOf } from '../../src/archive/digested-object.ts';
import { archiveEvents } from '../../src/archive/inbox.ts';
import { keepArchive } from '../../src/archive/keep-archive.ts';
import { CATALOGUE_MEMO, commit, readCatalogue } from '../../src/archive/newest-catalogue.ts';
import { objectsOf } from '../../src/archive/objects-of.ts';
import { packer, unpacker } from '../../src/archive/pack.ts';
import { packPartialState, unpackPartialState } from '../../src/archive/pack-partial-state.ts';
import { isDisputed, type PartialState } from '../../src/archive/partial-state.ts';
import { rebuildArchive } from '../../src/archive/rebuild-archive.ts';
import {
  linesName,
  packLines,
  packSummaries,
  summariesName,
  unpackLines,
} from '../../src/archive/segment.ts';
import { snapshotShards } from '../../src/archive/snapshot.ts';
import { watermarkShards } from '../../src/archive/stream-watermarks.ts';
import type { EventStore } from '../../src/events/event-store.ts';
import { type RecordedEvent, record } from '../../src/events/recorded-event.ts';
import type { ResourceArn } from '../../src/events/resource-arn.ts';
import { ledgerFleet } from '../../src/projections/ledger-fleet.ts';
import type { FleetReader } from '../../src/projections/resource-at.ts';
import { memoryArchive } from '../support/archive.ts';
import { flatListOf, listOf } from '../support/async.ts';
import { at, created, observed, streamOf } from '../support/events.ts';

const test = suite('a damaged archive');

const policy = { share: 0, least: 1 };
const arnOf = (n: number) => streamOf(`i-${String(n).padStart(17, '0')}`);

/** Three resources, each created, tagged and tagged again; one has a removal that only the fold decides. */
const HISTORY: readonly (readonly RecordedEvent[])[] = (() => {
  const rounds: RecordedEvent[][] = [[], [], []];
  for (const n of [1, 2, 3]) {
    const stream = arnOf(n);
    const removal = { set: [], removedIf: [{ key: 'Owner', value: 'ada' }] };
    const birth = record(stream, created(`c${n}`, at(n), 'Owner=ada'), undefined, new Date(at(n)), 2);
    const change =
      n === 3 ? { ...observed(`d${n}`, at(10 + n)), ...removal } : observed(`d${n}`, at(10 + n), 'App=web');
    const second = record(stream, change, birth, new Date(at(10 + n)), 2);
    const third = record(stream, observed(`e${n}`, at(20 + n), 'Owner=bob'), second, new Date(at(20 + n)), 2);
    for (const [i, event] of [birth, second, third].entries()) rounds[i]?.push(event);
  }
  return rounds;
})();
const MOMENTS = [5, 12, 15, 22, 29].map((minute) => ({ asOf: at(minute), knownAt: at(29) }));

const ledgerOf = async (): Promise<EventStore> => {
  const store = memoryStore();
  for (const event of HISTORY.flat()) await store.append(event);
  return store;
};
const now = () => new Date(at(30));

/** An archive with several segments, snapshots, watermarks and catalogues, whose last round waits in the inbox. */
const archived = async (store: EventStore): Promise<ArchiveStore> => {
  const archive = memoryArchive();
  const [first = [], second = [], third = []] = HISTORY;
  await commit(archive, { format: 1, version: 1, step: 0, segments: [], snapshots: [], gone: [] });
  for (const [i, round] of [first, second].entries()) {
    await archiveEvents(archive, round);
    await keepArchive({ objects: archive, store, now: () => new Date(at(10 * (i + 1))), policy });
  }
  for (const event of third) await archiveEvents(archive, [event]);
  return archive;
};

/** The same archive again, so that each damage begins with a whole one. */
const copyOf = async (archive: ArchiveStore): Promise<ArchiveStore> => {
  const copy = memoryArchive();
  for await (const name of archive.list('')) await copy.put(name, (await archive.get(name)) as Uint8Array);
  const [memo] = await archive.coordination.get([CATALOGUE_MEMO]);
  if (memo) await copy.coordination.swap(memo, undefined);
  return copy;
};

const answers = async (fleet: FleetReader): Promise<string> => {
  const all = [];
  for (const moment of MOMENTS)
    all.push(
      await flatListOf(fleet.at(moment)),
      await flatListOf(fleet.at(moment, arnOf(1))),
      await fleet.span(moment.knownAt),
    );
  return JSON.stringify(all);
};

const differences = async (
  archive: ArchiveStore,
  store: EventStore,
): Promise<readonly ArchiveDifference[]> => {
  const found: ArchiveDifference[] = [];
  const counts = await checkArchive(archive, store, (one) => found.push(one));
  assert.is(counts.differences, found.length);
  return found;
};

const last = <T>(items: readonly T[]): T => items.at(-1) as T;
const kindOf = (name: string): string => `${name.split('/')[0]} ${name.slice(name.indexOf('.'))}`;

/** What can be done to an object: other bytes, or none. */
const DAMAGES: Readonly<
  Record<string, (bytes: Uint8Array, another: Uint8Array | undefined) => Uint8Array | undefined>
> = {
  'edited in one byte': (bytes) => bytes.map((byte, i) => (i === bytes.length >> 1 ? byte ^ 1 : byte)),
  'edited and compressed again': (bytes) => {
    if (bytes[0] !== 0x1f) return Buffer.from(Buffer.from(bytes).toString('utf8').replace('2026', '2027'));
    const text = gunzipSync(bytes).toString('latin1');
    return gzipSync(
      Buffer.from(
        text.replace(/Owner|App|arn/, (word) => word.toUpperCase()),
        'latin1',
      ),
    );
  },
  deleted: () => undefined,
  emptied: () => new Uint8Array(),
  'swapped with another, or replaced by an older one': (_, another) => another ?? new Uint8Array([1]),
};

/** What a damage should lead to: it is harmless, the answer lacks it, or it is named. */
type Effect = 'harmless' | 'lost' | 'named';

const effectOf = (name: string, live: ReadonlySet<string>, damaged: Uint8Array | undefined): Effect => {
  // That something waited in the inbox is known from its being there, so only a check finds out that it is gone.
  if (name.startsWith('inbox/')) return damaged ? 'named' : 'lost';
  return live.has(name) ? 'named' : 'harmless';
};

const assertAnswers = async (archive: ArchiveStore, store: EventStore, wanted: string, where: string) => {
  const fleet = archivedOrLedger(archive, store);
  assert.is(await answers(fleet), wanted, where);
  const alone = await answers(archiveFleet(archive, store)).catch((error: unknown) => error);
  if (!(alone instanceof UnreadableArchiveError)) return assert.is(alone, wanted, where);
  assert.match(alone.message, /Make the archive again with `tagledger archive rebuild`\.$/);
  assert.is(fleet.reading()?.damage, alone.message);
};

const assertFound = (found: readonly ArchiveDifference[], effect: Effect, name: string) => {
  const kinds = found.map(({ kind }) => kind);
  if (effect === 'lost') assert.equal(kinds, ['missing'], name);
  else if (effect === 'harmless') assert.equal(found, [], name);
  else assert.match(JSON.stringify(found), name, name);
};

for (const [how, damage] of Object.entries(DAMAGES)) {
  test(`F1: whatever object is ${how}, no answer is wrong, a check names it, and a rebuild repairs it`, async () => {
    const store = await ledgerOf();
    const whole = await archived(store);
    const wanted = await answers(ledgerFleet(store));
    assert.equal(await differences(whole, store), []);
    const names = await listOf(whole.list(''));
    const catalogue = (await readCatalogue(whole)) as Catalogue;
    const newest = last(names.filter((name) => name.startsWith('catalogue/')));
    const live = new Set([newest, ...objectsOf(catalogue).map(({ name }) => name)]);
    assert.is(new Set(names.map(kindOf)).size, 6);
    for (const name of names) {
      const archive = await copyOf(whole);
      const others = names.filter((other) => other !== name && kindOf(other) === kindOf(name));
      const another = others[0] === undefined ? undefined : await whole.get(others[0]);
      const damaged = damage((await archive.get(name)) as Uint8Array, another);
      if (damaged) await archive.put(name, damaged);
      else await archive.remove(name);
      const effect = effectOf(name, live, damaged);

      if (effect !== 'lost') await assertAnswers(archive, store, wanted, name);
      assertFound(await differences(archive, store), effect, name);
      await rebuildArchive({ objects: archive, store, now, policy });
      assert.equal(await differences(archive, store), [], name);
      assert.is(await answers(archiveFleet(archive, store)), wanted, name);
    }
  });
}

/** Writes what somebody says who can write objects, catalogue and memo: all digests fit. */
const forge = async (
  archive: ArchiveStore,
  change: (catalogue: Catalogue) => Promise<Catalogue> | Catalogue,
) => {
  const catalogue = (await readCatalogue(archive)) as Catalogue;
  await commit(archive, { ...(await change(catalogue)), version: catalogue.version + 1 });
};

/** Puts other bytes in the place of an object. */
const replaced = async (
  archive: ArchiveStore,
  name: string,
  edit: (text: string) => string,
): Promise<string> => {
  const text = gunzipSync((await archive.get(name)) as Uint8Array).toString('latin1');
  assert.is.not(edit(text), text, name);
  const bytes = gzipSync(Buffer.from(edit(text), 'latin1'));
  await archive.put(name, bytes);
  return digestOf(bytes);
};

const FORGERIES: Readonly<Record<string, (archive: ArchiveStore) => Promise<void>>> = {
  'a snapshot': (archive) =>
    forge(archive, async (catalogue) => {
      const snapshots = [];
      for (const snapshot of catalogue.snapshots) {
        const [shard] = snapshotShards(snapshot);
        const sha256 = await replaced(archive, shard?.name ?? '', (text) => text.replace('"ada"', '"eve"'));
        snapshots.push({ ...snapshot, sha256: [sha256] });
      }
      return { ...catalogue, snapshots };
    }),
  outlines: (archive) =>
    forge(archive, async (catalogue) => {
      const segments = [];
      for (const segment of catalogue.segments) {
        const outlines = await replaced(archive, summariesName(segment.id), (text) =>
          text.replaceAll(/"(?:ada|web)"/g, '"eve"'),
        );
        segments.push({ ...segment, sha256: { lines: segment.sha256?.lines ?? '', outlines } });
      }
      return { ...catalogue, segments, snapshots: [] };
    }),
  'a segment with its outlines': (archive) =>
    forge(archive, async (catalogue) => {
      const segments = [];
      for (const segment of catalogue.segments) {
        const name = linesName(segment.id);
        const { events } = await unpackLines(name, (await archive.get(name)) as Uint8Array);
        const forged = events.map((one) => {
          const text = JSON.stringify(one.event).replaceAll(/"(?:ada|web)"/g, '"eve"');
          const before = one.seq === 1 ? undefined : { ...one, seq: one.seq - 1, hash: one.prev ?? '' };
          return record(
            one.stream,
            JSON.parse(text),
            before as RecordedEvent | undefined,
            new Date(one.recordedAt),
            2,
          );
        });
        const [lines, outlines] = [(await packLines(forged)).bytes, await packSummaries(forged)];
        await archive.put(name, lines);
        await archive.put(summariesName(segment.id), outlines);
        segments.push({ ...segment, sha256: { lines: digestOf(lines), outlines: digestOf(outlines) } });
      }
      return { ...catalogue, segments, snapshots: [] };
    }),
  'a catalogue without a segment': (archive) =>
    forge(archive, (catalogue) => ({ ...catalogue, segments: catalogue.segments.slice(1), snapshots: [] })),
  'the times of a segment': (archive) =>
    forge(archive, (catalogue) => ({
      ...catalogue,
      segments: catalogue.segments.map((one) => ({
        ...one,
        recorded: ['2099-01-01T00:00:00.000Z', '2099-01-01T00:00:00.000Z'],
      })),
      snapshots: [],
    })),
  'what a snapshot covers': (archive) =>
    forge(archive, (catalogue) => ({
      ...catalogue,
      snapshots: catalogue.snapshots
        .slice(0, 1)
        .map((one) => ({ ...one, asOf: at(29), knownAt: at(29), covers: 99 })),
    })),
  'the moment of a snapshot': (archive) =>
    forge(archive, (catalogue) => ({
      ...catalogue,
      snapshots: catalogue.snapshots.slice(-1).map((one) => ({ ...one, asOf: at(5) })),
    })),
  'a snapshot without a resource': (archive) =>
    forge(archive, async (catalogue) => {
      const snapshot = last(catalogue.snapshots);
      const bytes = await packer().finish();
      await archive.put(snapshotShards(snapshot)[0]?.name ?? '', bytes);
      return { ...catalogue, snapshots: [{ ...snapshot, sha256: [digestOf(bytes)] }] };
    }),
  'an older catalogue': async (archive) => {
    const names = await listOf(archive.list('catalogue/'));
    const bytes = (await archive.get(names[2] ?? '')) as Uint8Array;
    const [, version, sha256] = /(\d{12})-(\w+)/.exec(names[2] ?? '') ?? [];
    assert.is(digestOf(bytes), sha256);
    const [memo] = await archive.coordination.get([CATALOGUE_MEMO]);
    const value = { version: Number(version), sha256: sha256 ?? '' };
    assert.ok(await archive.coordination.swap({ key: CATALOGUE_MEMO, value }, memo));
  },
};

for (const [what, forging] of Object.entries(FORGERIES)) {
  test(`F1: ${what}, forged together with all digests, changes an answer, and a check finds it`, async () => {
    const store = await ledgerOf();
    const archive = await archived(store);
    await forging(archive);
    assert.is.not(await answers(archiveFleet(archive, store)), await answers(ledgerFleet(store)));
    assert.is.not((await differences(archive, store)).length, 0);
    await rebuildArchive({ objects: archive, store, now, policy });
    assert.equal(await differences(archive, store), []);
    assert.is(await answers(archiveFleet(archive, store)), await answers(ledgerFleet(store)));
  });
}

test('F1: a mark of a snapshot that would win over later events is found, although no answer for its moment differs', async () => {
  const store = await ledgerOf();
  const archive = await archived(store);
  await forge(archive, async (catalogue) => {
    const snapshot = last(catalogue.snapshots);
    const name = snapshotShards(snapshot)[0]?.name ?? '';
    // The time of Owner=ada of the first resource, which `Owner=bob` follows in the inbox.
    const sha256 = await replaced(archive, name, (text) => text.replace(at(11), at(29)));
    return { ...catalogue, snapshots: [{ ...snapshot, sha256: [sha256] }] };
  });
  const [found] = await differences(archive, store);
  assert.match(JSON.stringify(found), /snapshots\/.* says of .* what its events do not say/);
});

test('F1: a disputed row that is made to look decided is found', async () => {
  const store = await ledgerOf();
  const archive = await archived(store);
  await forge(archive, async (catalogue) => {
    const snapshot = last(catalogue.snapshots);
    const name = snapshotShards(snapshot)[0]?.name ?? '';
    const from = await unpacker(name, (await archive.get(name)) as Uint8Array);
    const pack = packer();
    let disputed = 0;
    while (!from.isAtEnd()) {
      const row = unpackPartialState(from, from.text() as ResourceArn);
      if (isDisputed(row)) disputed += 1;
      const { arn, lastSeq } = row;
      const born = { seq: 1, says: row.arn === arnOf(3) && isDisputed(row) ? row.folded?.born : undefined };
      const decided = { arn, lastSeq, born, tags: [] } as unknown as PartialState;
      packPartialState(pack, isDisputed(row) ? decided : row);
    }
    assert.is(disputed, 1);
    const bytes = await pack.finish();
    await archive.put(name, bytes);
    return { ...catalogue, snapshots: [{ ...snapshot, sha256: [digestOf(bytes)] }] };
  });
  assert.match(
    JSON.stringify(await differences(archive, store)),
    `says of ${arnOf(3)} what its events do not say`,
  );
});

test('F4: watermarks that are lost or damaged are made anew, and a check names them until then', async () => {
  const store = await ledgerOf();
  for (const bytes of [undefined, new Uint8Array(), gzipSync('garbage')]) {
    const archive = await archived(store);
    const name = watermarkShards((await readCatalogue(archive))?.heads as never)[0]?.name ?? '';
    if (bytes) await archive.put(name, bytes);
    else await archive.remove(name);
    assert.match(JSON.stringify(await differences(archive, store)), name);
    const kept = await keepArchive({ objects: archive, store, now, policy });
    assert.is(kept.isDone, true);
    assert.equal(await differences(archive, store), []);
  }
});

test('F4: watermarks that claim events which the archive lacks are named', async () => {
  const store = await ledgerOf();
  const archive = await archived(store);
  const pack = packer();
  pack.text(arnOf(1));
  for (const n of [9, 0]) pack.int(n);
  const bytes = await pack.finish();
  await forge(archive, async (catalogue) => {
    const heads = catalogue.heads as NonNullable<Catalogue['heads']>;
    await archive.put(watermarkShards(heads)[0]?.name ?? '', bytes);
    return { ...catalogue, heads: { ...heads, sha256: [digestOf(bytes)] } };
  });
  assert.match(
    JSON.stringify(await differences(archive, store)),
    `claims events of ${arnOf(1)} that the archive lacks`,
  );
});

/** What an earlier version left: catalogues whose names have no digest, no digests in them, and no memo. */
const asEarlier = async (archive: ArchiveStore): Promise<ArchiveStore> => {
  const earlier = memoryArchive();
  for await (const name of archive.list(''))
    if (!name.startsWith('catalogue/')) await earlier.put(name, (await archive.get(name)) as Uint8Array);
  const catalogue = JSON.stringify(await readCatalogue(archive), (key, value) =>
    key === 'sha256' ? undefined : value,
  );
  await earlier.put(
    `catalogue/${String(JSON.parse(catalogue).version).padStart(12, '0')}.json`,
    Buffer.from(catalogue),
  );
  return earlier;
};

test('an archive of an earlier version is read as before, keeps its version until the first commit, and a rebuild gives it digests', async () => {
  const store = await ledgerOf();
  const archive = await asEarlier(await archived(store));
  const wanted = await answers(ledgerFleet(store));
  assert.is(await answers(archiveFleet(archive, store)), wanted);
  const before = await checkArchive(archive, store, () => {});
  assert.equal([before.differences, before.undigested > 5], [0, true]);
  assert.equal(await archive.coordination.get([CATALOGUE_MEMO]), []);
  await keepArchive({ objects: archive, store, now, policy });
  assert.is((await archive.coordination.get([CATALOGUE_MEMO])).length, 1);
  assert.is(await answers(archiveFleet(archive, store)), wanted);
  await rebuildArchive({ objects: archive, store, now, policy });
  const after = await checkArchive(archive, store, () => {});
  assert.equal([after.differences, after.undigested], [0, 0]);
});

test('a catalogue that an earlier version wrote after this one is not passed over in silence', async () => {
  const store = await ledgerOf();
  const archive = await archived(store);
  const catalogue = (await readCatalogue(archive)) as Catalogue;
  const name = `catalogue/${String(catalogue.version + 1).padStart(12, '0')}.json`;
  await archive.put(name, Buffer.from(JSON.stringify({ ...catalogue, version: catalogue.version + 1 })));
  const fleet = archivedOrLedger(archive, store);
  assert.is(await answers(fleet), await answers(ledgerFleet(store)));
  assert.match(fleet.reading()?.damage ?? '', `${name} in the archive is newer than what the memo`);
  await rebuildArchive({ objects: archive, store, now, policy });
  assert.equal(await differences(archive, store), []);
});

test('a lost memo leaves no archive, and the next run that keeps one makes it', async () => {
  const store = await ledgerOf();
  const archive = { ...(await archived(store)), coordination: memoryArchive().coordination };
  assert.is(await readCatalogue(archive), undefined);
  const fleet = archivedOrLedger(archive, store);
  assert.is(await answers(fleet), await answers(ledgerFleet(store)));
  assert.is(fleet.reading(), undefined);
  await keepArchive({ objects: archive, store, now, policy });
  assert.equal(await differences(archive, store), []);
});

test('a memo that says nothing is damage, and a rebuild writes it anew', async () => {
  const store = await ledgerOf();
  const archive = await archived(store);
  const [memo] = await archive.coordination.get([CATALOGUE_MEMO]);
  await archive.coordination.swap({ key: CATALOGUE_MEMO, value: 'garbage' }, memo);
  assert.match(JSON.stringify(await differences(archive, store)), `The memo ${CATALOGUE_MEMO}`);
  await rebuildArchive({ objects: archive, store, now, policy });
  assert.equal(await differences(archive, store), []);
});

test('a crash between the object of a catalogue and its commit leaves an orphan that nobody reads and that goes away', async () => {
  const store = await ledgerOf();
  const archive = await archived(store);
  const before = await readCatalogue(archive);
  const dying = {
    ...archive,
    coordination: { ...archive.coordination, swap: () => Promise.reject(new Error('died')) },
  };
  await keepArchive({ objects: dying, store, now, policy }).catch(() => {});
  assert.equal(await readCatalogue(archive), before);
  const orphan = last(await listOf(archive.list('catalogue/')));
  for (let i = 0; i < 12; i++) {
    const catalogue = (await readCatalogue(archive)) as Catalogue;
    await commit(archive, { ...catalogue, version: catalogue.version + 1 });
  }
  const names = await listOf(archive.list('catalogue/'));
  assert.is(names.length, 10);
  assert.not.ok(names.includes(orphan));
});

test('a catalogue that is replaced and removed while it is read is no damage', async () => {
  const store = await ledgerOf();
  const archive = await archived(store);
  let isFirst = true;
  const racing: ArchiveStore = {
    ...archive,
    async get(name) {
      if (isFirst && name.startsWith('catalogue/')) {
        isFirst = false;
        await rebuildArchive({ objects: archive, store, now, policy });
        await archive.remove(name);
      }
      return archive.get(name);
    },
  };
  const { version } = (await readCatalogue(archive)) as Catalogue;
  assert.is((await readCatalogue(racing))?.version, version + 1);
});

test('an answer says until when the archive had taken events', async () => {
  const store = await ledgerOf();
  const archive = await archived(store);
  const fleet = archivedOrLedger(archive, store);
  assert.is(fleet.reading(), undefined);
  await answers(fleet);
  const { version } = (await readCatalogue(archive)) as Catalogue;
  assert.equal(fleet.reading(), { catalogue: version, recordedUntil: at(23), damage: null });
});

test.run();
