import type { EventStore, Place } from '../events/event-store.ts';
import type { RecordedEvent } from '../events/recorded-event.ts';
import type { ObjectStore } from '../objects/object-store.ts';
import { appendSegment, SEGMENT_EVENTS } from './append-segment.ts';
import type { ArchiveStore } from './archive-store.ts';
import { type Catalogue, EMPTY } from './catalogue.ts';
import { compactSegments } from './compact-segments.ts';
import { UnreadableArchiveError } from './compressed.ts';
import { archiveEvents, inboxNames, readInbox } from './inbox.ts';
import { commit, readCatalogue } from './newest-catalogue.ts';
import { objectsOf } from './objects-of.ts';
import { dueSnapshot, type SnapshotPolicy } from './reading-plan.ts';
import { type RebuildDeps, rebuildArchive } from './rebuild-archive.ts';
import { makeSnapshot } from './snapshot.ts';
import { areWatermarksDue, makeWatermarks, watermarkShards } from './stream-watermarks.ts';

/** What {@link keepArchive} depends on. */
export interface KeepDeps extends Pick<RebuildDeps, 'onArchived'> {
  readonly objects: ArchiveStore;
  /** Supplies events that the change feed lost, the streams of disputed resources, and all events for a new archive. */
  readonly store: Pick<EventStore, 'find' | 'read' | 'readAll'>;
  readonly now: () => Date;
  readonly policy?: SnapshotPolicy;
}

/** What a run did. */
export interface Kept {
  /** Events moved from the inbox into segments. */
  readonly taken: number;
  /** Events that the change feed had lost and that were read from the ledger. */
  readonly repaired: number;
  /** How many times small segments were merged. */
  readonly compacted: number;
  readonly snapshots: number;
  /** Whether no work was left. */
  readonly isDone: boolean;
}

/** How long unused objects are kept. Readers that began with an older catalogue are done by then. */
const GRACE_MS = 3_600_000;

/**
 * Keeps an archive fast to read: moves events from the inbox into segments, merges small segments, reads
 * events that the change feed lost from the ledger, and makes the snapshots that are due. Each step is one
 * commit, and another one starts while `isTime` returns true.
 *
 * If there is no archive yet, it is first built from the ledger, however long that takes.
 *
 * Answers are the same before, during and after a run. A crash at any point loses nothing. Of two concurrent
 * runs one continues, and the other rejects with an `ArchiveBusyError`. Watermarks that cannot be read are made anew; for
 * any other object that it needs and cannot read, it rejects with an {@link UnreadableArchiveError}.
 */
export const keepArchive = async (deps: KeepDeps, isTime: () => boolean = () => true): Promise<Kept> => {
  const { objects } = deps;
  const there = await readCatalogue(objects);
  if (!there) await rebuildArchive(deps);
  let catalogue = there ?? (await readCatalogue(objects)) ?? EMPTY;
  let done: Counts = { taken: 0, repaired: 0, compacted: 0, snapshots: 0 };
  while (isTime()) {
    const step = await nextStep(deps, catalogue);
    if (!step) return { ...done, isDone: true };
    catalogue = { ...step.catalogue, version: catalogue.version + 1 };
    await commit(objects, catalogue);
    await step.afterwards?.();
    done = addCounts(done, step.counts);
  }
  return { ...done, isDone: false };
};

/** What was made, and is to be committed. */
interface Step {
  readonly catalogue: Catalogue;
  /** What it adds to the counts of a run. */
  readonly counts: Partial<Counts>;
  /** Done once it is committed. Dying before changes nothing. */
  readonly afterwards?: () => Promise<void>;
}

type Counts = Omit<Kept, 'isDone'>;

const addCounts = (a: Counts, b: Partial<Counts>): Counts => ({
  taken: a.taken + (b.taken ?? 0),
  repaired: a.repaired + (b.repaired ?? 0),
  compacted: a.compacted + (b.compacted ?? 0),
  snapshots: a.snapshots + (b.snapshots ?? 0),
});

/** The first thing that is to be done; undefined when nothing is. */
const nextStep = async (deps: KeepDeps, catalogue: Catalogue): Promise<Step | undefined> => {
  const at = deps.now();
  return (
    (await takeFromInbox(deps, catalogue)) ??
    (await compact(deps, catalogue, at)) ??
    (await renewWatermarks(deps, catalogue, at)) ??
    (await addSnapshot(deps, catalogue, at)) ??
    removeUnused(deps, catalogue, at)
  );
};

const takeFromInbox = async ({ objects }: KeepDeps, catalogue: Catalogue): Promise<Step | undefined> => {
  const { names, events } = await takeInbox(objects);
  if (names.length === 0) return undefined;
  return {
    catalogue: await appendSegment(objects, catalogue, events),
    counts: { taken: events.length },
    // Dying before this brings the events twice, which changes nothing.
    afterwards: async () => {
      for (const name of names) await objects.remove(name);
    },
  };
};

const compact = async ({ objects }: KeepDeps, catalogue: Catalogue, at: Date): Promise<Step | undefined> => {
  const compacted = await compactSegments(objects, catalogue, at.toISOString());
  return compacted && { catalogue: compacted, counts: { compacted: 1 } };
};

/** Looks where each stream has come to, and puts what the change feed lost into the inbox. */
const renewWatermarks = async (
  { objects, store }: KeepDeps,
  catalogue: Catalogue,
  at: Date,
): Promise<Step | undefined> => {
  if (!areWatermarksDue(catalogue)) return undefined;
  let repaired = 0;
  const repair = async (places: readonly Place[]) => {
    const found = places.length > 0 ? await store.find(places) : [];
    if (found.length > 0) await archiveEvents(objects, found);
    repaired += found.length;
  };
  const heads = await makeWatermarks(objects, catalogue, repair).catch((error: unknown) => {
    if (!(error instanceof UnreadableArchiveError)) throw error;
    // The old ones may be what cannot be read. All segments together tell the same.
    const { heads: _, ...rest } = catalogue;
    return makeWatermarks(objects, rest, repair);
  });
  const old = catalogue.heads ? watermarkShards(catalogue.heads) : [];
  const gone = [...catalogue.gone, ...old.map(({ name }) => ({ name, since: at.toISOString() }))];
  return { catalogue: { ...catalogue, heads, gone }, counts: { repaired } };
};

const addSnapshot = async (
  { objects, store, policy }: KeepDeps,
  catalogue: Catalogue,
  at: Date,
): Promise<Step | undefined> => {
  const moment = dueSnapshot(catalogue, at.toISOString(), policy);
  if (!moment) return undefined;
  const snapshot = await makeSnapshot(objects, store, catalogue, moment);
  const snapshots = [...catalogue.snapshots, snapshot];
  return { catalogue: { ...catalogue, snapshots }, counts: { snapshots: 1 } };
};

/** Removes what no catalogue names any more, once no reader has an older one. */
const removeUnused = async (
  { objects }: KeepDeps,
  catalogue: Catalogue,
  at: Date,
): Promise<Step | undefined> => {
  const over = new Date(at.getTime() - GRACE_MS).toISOString();
  const gone = catalogue.gone.filter(({ since }) => since >= over);
  if (gone.length === catalogue.gone.length) return undefined;
  // The same events may have come again since, under the same name.
  const used = new Set(objectsOf(catalogue).map(({ name }) => name));
  for (const { name, since } of catalogue.gone)
    if (since < over && !used.has(name)) await objects.remove(name);
  return { catalogue: { ...catalogue, gone }, counts: {} };
};

/** Reads about one segment's worth of waiting events, and the names of their objects. */
const takeInbox = async (objects: ObjectStore): Promise<{ names: string[]; events: RecordedEvent[] }> => {
  const names: string[] = [];
  const events: RecordedEvent[] = [];
  for (const name of await inboxNames(objects)) {
    if (events.length >= SEGMENT_EVENTS) break;
    events.push(...((await readInbox(objects, name)) ?? []));
    names.push(name);
  }
  return { names, events };
};
