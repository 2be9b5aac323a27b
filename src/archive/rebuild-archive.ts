import { randomUUID } from 'node:crypto';
import type { EventStore } from '../events/event-store.ts';
import type { RecordedEvent } from '../events/recorded-event.ts';
import { resourceEvents } from '../events/resource-events.ts';
import type { ObjectStore } from '../objects/object-store.ts';
import { appendSegment, SEGMENT_EVENTS } from './append-segment.ts';
import type { ArchiveStore } from './archive-store.ts';
import { type Catalogue, EMPTY } from './catalogue.ts';
import { compactSegments } from './compact-segments.ts';
import { requireObject } from './digested-object.ts';
import { inboxNames } from './inbox.ts';
import { commit, newestVersion } from './newest-catalogue.ts';
import { FOLDERS, objectsOf } from './objects-of.ts';
import { dueSnapshot, type SnapshotPolicy } from './reading-plan.ts';
import { packLines, unpackLines } from './segment.ts';
import { makeSnapshot } from './snapshot.ts';
import { makeWatermarks } from './stream-watermarks.ts';

/** What {@link rebuildArchive} depends on. */
export interface RebuildDeps {
  readonly objects: ArchiveStore;
  readonly store: Pick<EventStore, 'read' | 'readAll'>;
  readonly now: () => Date;
  readonly policy?: SnapshotPolicy;
  /** Called with the number of events that are archived so far, and of all, after they were read. */
  readonly onArchived?: (done: number, total: number) => void;
}

/** The size of the new archive. */
export interface RebuiltArchive {
  readonly events: number;
  readonly segments: number;
  readonly snapshots: number;
}

/**
 * How many events are sorted in memory at once. They are cut into pieces, so that the merge only holds a
 * piece of each sorted run.
 */
const SORTED = 50_000;
const PIECE = 500;

interface Piece {
  readonly name: string;
  readonly first: string;
}

/**
 * Builds the archive from the ledger alone, as if it had existed from the start. A table returns events by
 * stream and the archive needs them by time, so they are sorted outside memory, in objects that are removed
 * at the end.
 *
 * The old archive is not read, so it may be damaged in any way. It answers questions until the new one replaces it in one
 * step; events that arrive meanwhile stay in the inbox. A crash before the end leaves the old archive, and objects that
 * nobody reads. Rejects with an `ArchiveBusyError` when a run of `keepArchive` commits meanwhile.
 */
export const rebuildArchive = async ({
  objects,
  store,
  now,
  policy,
  onArchived = () => {},
}: RebuildDeps): Promise<RebuiltArchive> => {
  const version = (await newestVersion(objects)) + 1;
  // What waits now is in the ledger, so the new archive will have it.
  const waiting = await inboxNames(objects);
  const { pieces, total } = await sortApart(objects, store);
  let catalogue: Catalogue = { ...EMPTY, version };
  let events = 0;
  for await (const batch of inTime(objects, pieces)) {
    events += batch.length;
    catalogue = await appendSegment(objects, catalogue, batch);
    const at = now().toISOString();
    for (
      let next = await compactSegments(objects, catalogue, at);
      next;
      next = await compactSegments(objects, catalogue, at)
    )
      catalogue = next;
    for (let due = dueSnapshot(catalogue, at, policy); due; due = dueSnapshot(catalogue, at, policy)) {
      const snapshot = await makeSnapshot(objects, store, catalogue, due);
      catalogue = { ...catalogue, snapshots: [...catalogue.snapshots, snapshot] };
    }
    onArchived(events, total);
  }
  catalogue = { ...catalogue, heads: await makeWatermarks(objects, catalogue, async () => {}) };
  await commit(objects, { ...catalogue, gone: await unusedBy(objects, catalogue, now().toISOString()) });
  for (const name of [...pieces.map((piece) => piece.name), ...waiting]) await objects.remove(name);
  return { events, segments: catalogue.segments.length, snapshots: catalogue.snapshots.length };
};

/** The objects that a catalogue does not use, whoever left them. */
const unusedBy = async (
  objects: ObjectStore,
  catalogue: Catalogue,
  since: string,
): Promise<Catalogue['gone']> => {
  const used = new Set(objectsOf(catalogue).map(({ name }) => name));
  const gone: Catalogue['gone'] = [];
  for (const folder of FOLDERS)
    for await (const name of objects.list(folder)) if (!used.has(name)) gone.push({ name, since });
  return gone;
};

/** Writes all resource events as pieces, each sorted by time. */
const sortApart = async (
  objects: ObjectStore,
  store: Pick<EventStore, 'readAll'>,
): Promise<{ readonly pieces: readonly Piece[]; readonly total: number }> => {
  const folder = `rebuild/${randomUUID()}`;
  const pieces: Piece[] = [];
  let events: RecordedEvent[] = [];
  let total = 0;
  const flush = async () => {
    events.sort(inOrder);
    for (let i = 0; i < events.length; i += PIECE) {
      const piece = events.slice(i, i + PIECE);
      const name = `${folder}/${pieces.length}.ndjson.gz`;
      await objects.put(name, (await packLines(piece)).bytes);
      pieces.push({ name, first: piece[0]?.recordedAt ?? '' });
    }
    total += events.length;
    events = [];
  };
  for await (const event of resourceEvents(store)) {
    events.push(event);
    if (events.length === SORTED) await flush();
  }
  await flush();
  return { pieces, total };
};

/** Yields the events of the pieces in the order of time, a segment's worth at once. */
async function* inTime(objects: ObjectStore, pieces: readonly Piece[]): AsyncGenerator<RecordedEvent[]> {
  const sorted = [...pieces].sort((a, b) => (a.first < b.first ? -1 : 1));
  let waiting: RecordedEvent[] = [];
  for (const [i, { name }] of sorted.entries()) {
    waiting.push(...(await unpackLines(name, await requireObject(objects, name, undefined))).events);
    // Events recorded before the next piece begins are in their final order.
    const next = sorted[i + 1]?.first;
    if (next !== undefined && waiting.length < 2 * SEGMENT_EVENTS) continue;
    waiting.sort(inOrder);
    const later = next === undefined ? -1 : waiting.findIndex(({ recordedAt }) => recordedAt >= next);
    const end = later < 0 ? waiting.length : later;
    const whole = next === undefined ? end : end - (end % SEGMENT_EVENTS);
    for (let from = 0; from < whole; from += SEGMENT_EVENTS)
      yield waiting.slice(from, Math.min(from + SEGMENT_EVENTS, whole));
    waiting = waiting.slice(whole);
  }
}

const inOrder = (a: RecordedEvent, b: RecordedEvent): number =>
  a.recordedAt === b.recordedAt ? 0 : a.recordedAt < b.recordedAt ? -1 : 1;
