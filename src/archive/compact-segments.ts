import type { RecordedEvent } from '../events/recorded-event.ts';
import type { ObjectStore } from '../objects/object-store.ts';
import { groupBy } from '../shared/collections.ts';
import { distinctEvents, SEGMENT_EVENTS, writeSegments } from './append-segment.ts';
import type { Catalogue, Segment } from './catalogue.ts';
import { linesName, readEvents, summariesName } from './segment.ts';

/** How many segments of similar size are merged at once. An event is thus rewritten once per size. */
const FAN = 8;

/**
 * Merges small segments of one kind and size, and returns the changed catalogue; undefined when there are too
 * few of them. Reads at most {@link FAN} segments into memory, each less than half full.
 */
export const compactSegments = async (
  objects: ObjectStore,
  catalogue: Catalogue,
  now: string,
): Promise<Catalogue | undefined> => {
  const small = catalogue.segments.filter(({ events }) => events < SEGMENT_EVENTS / 2);
  const sizes = groupBy(
    small,
    ({ kind, events }) => `${kind} ${Math.floor(Math.log2(events) / Math.log2(FAN))}`,
  );
  const crowded = [...sizes.values()].find(({ length }) => length >= FAN);
  if (!crowded) return undefined;
  const merged = [...crowded].sort((a, b) => (a.recorded[0] < b.recorded[0] ? -1 : 1)).slice(0, FAN);
  const events: RecordedEvent[] = [];
  for (const segment of merged) events.push(...(await readEvents(objects, segment)));
  const [{ kind }] = merged as [Segment];
  const added = Math.max(...merged.map((segment) => segment.added));
  const larger = await writeSegments(objects, kind, added, distinctEvents(events));
  // A segment with the same events has the same name, so its objects are still in use.
  const ids = new Set(larger.map(({ id }) => id));
  return {
    ...catalogue,
    segments: [...catalogue.segments.filter((segment) => !merged.includes(segment)), ...larger],
    gone: [
      ...catalogue.gone,
      ...merged
        .filter(({ id }) => !ids.has(id))
        .flatMap(({ id }) => [linesName(id), summariesName(id)])
        .map((name) => ({ name, since: now })),
    ],
  };
};
