import type { EventStore } from '../../events/event-store.ts';
import { resourceEvents } from '../../events/resource-events.ts';
import type { ReadOnlyArchive } from '../archive-store.ts';
import { type Catalogue, EMPTY, type Snapshot } from '../catalogue.ts';
import { requireObject } from '../digested-object.ts';
import { inboxNames, readInbox } from '../inbox.ts';
import { CATALOGUE_FOLDER, readCatalogue } from '../newest-catalogue.ts';
import { objectsOf } from '../objects-of.ts';
import { snapshotShards } from '../snapshot.ts';
import { checkSegment } from './check-segment.ts';
import { checkSnapshots } from './check-snapshots.ts';
import { checkWatermarks } from './check-watermarks.ts';
import { type ArchiveDifference, type OnWrong, unlessUnreadable } from './difference.ts';
import { eventComparison } from './event-comparison.ts';

/** What a check of an archive found. */
export interface CheckedArchive {
  /** Resource events in the ledger. */
  readonly events: number;
  /** Events in the archive; 0 if its catalogue cannot be read. */
  readonly archived: number;
  readonly differences: number;
  /** Objects without a digest, which an earlier version wrote: a question would not notice that they were edited. */
  readonly undigested: number;
}

/**
 * Compares an archive with its ledger: every object with its digest, the events of segments with those of the ledger, and
 * outlines, snapshots, watermarks and the catalogue with the events. So it also finds an object that was edited together
 * with every digest above it. Snapshots are compared with segments only if these are right.
 *
 * It reads the whole ledger and the whole archive, and keeps one number per event in memory. Events appended
 * during the check may show as missing: they arrive within the delay of the change feed.
 */
export const checkArchive = async (
  archive: ReadOnlyArchive,
  store: Pick<EventStore, 'read' | 'readAll'>,
  onDifference: (difference: ArchiveDifference) => void,
): Promise<CheckedArchive> => {
  let differences = 0;
  const found = (difference: ArchiveDifference) => {
    differences += 1;
    onDifference(difference);
  };
  const onWrong: OnWrong = (object, says) => found({ kind: 'object', object, says });
  const comparison = eventComparison(found);

  // The order matters: events that leave the inbox after it was listed are in the catalogue that is read next.
  const waiting = await inboxNames(archive);
  const read = async () => (await readCatalogue(archive)) ?? EMPTY;
  const catalogue = await unlessUnreadable(CATALOGUE_FOLDER, onWrong, read);
  if (!catalogue) return { events: await count(store), archived: 0, differences, undigested: 0 };
  for (const segment of catalogue.segments)
    (await checkSegment(archive, segment, onWrong)).forEach(comparison.hold);
  const areSegmentsRight = differences === 0;
  for (const name of waiting)
    (await unlessUnreadable(name, onWrong, () => readInbox(archive, name)))?.forEach(comparison.hold);
  if (catalogue.heads) await checkWatermarks(archive, catalogue.heads, comparison.has, onWrong);
  const snapshots = await wholeSnapshots(archive, catalogue, onWrong);
  if (areSegmentsRight) await checkSnapshots(archive, store, { ...catalogue, snapshots }, onWrong);
  const counts = await comparison.compare(store);
  const undigested = objectsOf(catalogue).filter(({ sha256 }) => sha256 === undefined).length;
  return { ...counts, differences, undigested };
};

const count = async (store: Pick<EventStore, 'readAll'>): Promise<number> => {
  let events = 0;
  for await (const _ of resourceEvents(store)) events += 1;
  return events;
};

/** The snapshots of which every object is the one that the catalogue names. */
const wholeSnapshots = async (
  archive: ReadOnlyArchive,
  { snapshots }: Catalogue,
  onWrong: OnWrong,
): Promise<Snapshot[]> => {
  const whole: Snapshot[] = [];
  for (const snapshot of snapshots) {
    let isWhole = true;
    for (const { name, sha256 } of snapshotShards(snapshot)) {
      const bytes = await unlessUnreadable(name, onWrong, () => requireObject(archive, name, sha256));
      isWhole &&= bytes !== undefined;
    }
    if (isWhole) whole.push(snapshot);
  }
  return whole;
};
