import type { EventStore, Place } from '../events/event-store.ts';
import type { RecordedEvent } from '../events/recorded-event.ts';
import type { ObjectStore } from '../objects/object-store.ts';
import { appendSegment, SEGMENT_EVENTS } from './append-segment.ts';
import { type Catalogue, commit, EMPTY, readCatalogue } from './catalogue.ts';
import { compactSegments } from './compact-segments.ts';
import { archiveEvents, inboxNames, readInbox } from './inbox.ts';
import { dueSnapshot, type SnapshotPolicy } from './reading-plan.ts';
import { rebuildArchive } from './rebuild-archive.ts';
import { linesName, summariesName } from './segment.ts';
import { makeSnapshot } from './snapshot.ts';
import { areWatermarksDue, makeWatermarks, watermarkNames } from './stream-watermarks.ts';

/** What keeping an archive needs from outside. */
export interface KeepDeps {
  readonly objects: ObjectStore;
  /** Where events that the change feed lost are read, and all of them for a new archive. */
  readonly store: Pick<EventStore, 'find' | 'readAll'>;
  readonly now: () => Date;
  readonly policy?: SnapshotPolicy;
}

/** What a run did. */
export interface Kept {
  /** Events that came out of the inbox. */
  readonly taken: number;
  /** Events that the change feed had lost, and the ledger held. */
  readonly repaired: number;
  /** Times that small segments were put together. */
  readonly compacted: number;
  readonly snapshots: number;
  /** Whether nothing was left to do. */
  readonly isDone: boolean;
}

/** Readers that began with an older catalogue have ended by then. */
const GRACE_MS = 3_600_000;

/**
 * Keeps an archive fast to ask: takes events from the inbox into segments, looks for events that the change feed lost
 * and reads them from the ledger, puts small segments together, and makes the snapshots that are due. Each step is
 * committed by itself, as long as there is time for another one.
 *
 * Where there is no archive yet it is made from the ledger first, however long that takes.
 *
 * Answers are the same before, during and after it. Dying at any point loses nothing; of two runs at once one goes on,
 * and the other rejects with an `ArchiveBusyError`.
 */
export const keepArchive = async (
  { objects, store, now, policy }: KeepDeps,
  isTime: () => boolean = () => true,
): Promise<Kept> => {
  const done = { taken: 0, repaired: 0, compacted: 0, snapshots: 0 };
  const there = await readCatalogue(objects);
  if (!there) await rebuildArchive({ objects, store, now, ...(policy && { policy }) });
  let catalogue = there ?? (await readCatalogue(objects)) ?? EMPTY;
  const advance = async (next: Catalogue) => {
    catalogue = { ...next, version: catalogue.version + 1 };
    await commit(objects, catalogue);
  };

  const repair = async (places: readonly Place[]) => {
    const found = places.length > 0 ? await store.find(places) : [];
    if (found.length > 0) await archiveEvents(objects, found);
    done.repaired += found.length;
  };

  /** Does the first thing that is to be done; whether there was one. */
  const doOne = async (): Promise<boolean> => {
    const { names, events } = await takeInbox(objects);
    if (names.length > 0) {
      await advance(await appendSegment(objects, catalogue, events));
      // Dying before this brings the events twice, which changes nothing.
      for (const name of names) await objects.remove(name);
      done.taken += events.length;
      return true;
    }
    const at = now();
    const compacted = await compactSegments(objects, catalogue, at.toISOString());
    if (compacted) {
      await advance(compacted);
      done.compacted += 1;
      return true;
    }
    if (areWatermarksDue(catalogue)) {
      const { heads: before } = catalogue;
      const heads = await makeWatermarks(objects, catalogue, repair);
      const old = (before ? watermarkNames(before) : []).map((name) => ({ name, since: at.toISOString() }));
      await advance({ ...catalogue, heads, gone: [...catalogue.gone, ...old] });
      return true;
    }
    const moment = dueSnapshot(catalogue, at.toISOString(), policy);
    if (moment) {
      const snapshot = await makeSnapshot(objects, catalogue, moment);
      await advance({ ...catalogue, snapshots: [...catalogue.snapshots, snapshot] });
      done.snapshots += 1;
      return true;
    }
    const over = new Date(at.getTime() - GRACE_MS).toISOString();
    const gone = catalogue.gone.filter(({ since }) => since >= over);
    if (gone.length === catalogue.gone.length) return false;
    // The same events may have come again since, under the same name.
    const used = new Set(catalogue.segments.flatMap(({ id }) => [linesName(id), summariesName(id)]));
    for (const { name, since } of catalogue.gone)
      if (since < over && !used.has(name)) await objects.remove(name);
    await advance({ ...catalogue, gone });
    return true;
  };

  while (isTime()) if (!(await doOne())) return { ...done, isDone: true };
  return { ...done, isDone: false };
};

/** Some events that wait, about a segment of them, and where they are. */
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
