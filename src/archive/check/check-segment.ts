import { isDeepStrictEqual } from 'node:util';
import type { RecordedEvent } from '../../events/recorded-event.ts';
import type { ReadOnlyObjectStore } from '../../objects/object-store.ts';
import type { Segment } from '../catalogue.ts';
import { uncompressed } from '../compressed.ts';
import { requireObject } from '../digested-object.ts';
import { PARTIAL_STATE_VERSION } from '../pack-partial-state.ts';
import { linesName, packSummaries, rangeOf, readEvents, summariesName } from '../segment.ts';
import { type OnWrong, unlessUnreadable } from './difference.ts';

/**
 * Compares the objects of a segment with their digests, and its outlines and its entry in the catalogue with its events.
 * Returns the events, as far as they can be read; whoever calls this compares them with the ledger.
 */
export const checkSegment = async (
  objects: ReadOnlyObjectStore,
  segment: Segment,
  onWrong: OnWrong,
): Promise<readonly RecordedEvent[]> => {
  const [lines, outlines] = [linesName(segment.id), summariesName(segment.id)];
  const { sha256: _, ...undigested } = segment;
  const events =
    (await unlessUnreadable(lines, onWrong, () => readEvents(objects, segment))) ??
    // It was told already. Its events say more, if they can be read.
    (await unlessUnreadable(
      lines,
      () => {},
      () => readEvents(objects, undigested),
    ));
  const summaries = await unlessUnreadable(outlines, onWrong, () =>
    requireObject(objects, outlines, segment.sha256?.outlines),
  );
  if (!events) return [];
  if (!isEntryOf(segment, events))
    onWrong(lines, `${lines} in the archive has other events than its catalogue says`);
  // Outlines of another version are never read.
  if (summaries && segment.fold === PARTIAL_STATE_VERSION) {
    const found = await unlessUnreadable(outlines, onWrong, () => uncompressed(outlines, summaries));
    if (found && !found.equals(await uncompressed(outlines, await packSummaries(events))))
      onWrong(outlines, `${outlines} in the archive says what the events of its segment do not say`);
  }
  return events;
};

const isEntryOf = (
  { recorded, effective, events: count }: Segment,
  events: readonly RecordedEvent[],
): boolean =>
  events.length === count &&
  events.length > 0 &&
  isDeepStrictEqual(recorded, rangeOf(events.map(({ recordedAt }) => recordedAt))) &&
  isDeepStrictEqual(effective, rangeOf(events.map(({ event }) => event.effectiveAt)));
