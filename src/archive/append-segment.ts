import type { RecordedEvent } from '../events/recorded-event.ts';
import type { ObjectStore } from '../objects/object-store.ts';
import type { Catalogue, Segment } from './catalogue.ts';
import { writeSegment } from './segment.ts';

/** Events in a full segment: about a megabyte, and what is held in memory at once. */
export const SEGMENT_EVENTS = 10_000;

/**
 * The longest delay of a regular event. CloudTrail delivers nearly everything within ten minutes, so an event
 * that was recorded much later than it took effect is odd.
 */
const REGULAR_MS = 3_600_000;

/**
 * Writes events as segments of their own and returns the catalogue with them added. An event that comes twice
 * is written once.
 */
export const appendSegment = async (
  objects: ObjectStore,
  catalogue: Catalogue,
  events: readonly RecordedEvent[],
): Promise<Catalogue> => {
  const step = catalogue.step + 1;
  const distinct = distinctEvents(events);
  const segments = [
    ...(await writeSegments(objects, 'regular', step, distinct.filter(isRegular))),
    ...(await writeSegments(
      objects,
      'odd',
      step,
      distinct.filter((event) => !isRegular(event)),
    )),
  ];
  return { ...catalogue, step, segments: [...catalogue.segments, ...segments] };
};

/**
 * Keeps one event for each stream and seq. Only tampering puts two different events at one place; the first
 * is kept.
 */
export const distinctEvents = (events: readonly RecordedEvent[]): RecordedEvent[] => {
  const places = new Map<string, RecordedEvent>();
  for (const event of events) {
    const place = `${event.seq} ${event.stream}`;
    if (!places.has(place)) places.set(place, event);
  }
  return [...places.values()];
};

/** Writes events of one kind as segments. All are full except the last. */
export const writeSegments = async (
  objects: ObjectStore,
  kind: Segment['kind'],
  added: number,
  events: readonly RecordedEvent[],
): Promise<Segment[]> => {
  const inOrder = [...events].sort(ORDERS[kind]);
  const segments: Segment[] = [];
  for (let i = 0; i < inOrder.length; i += SEGMENT_EVENTS)
    segments.push(await writeSegment(objects, kind, added, inOrder.slice(i, i + SEGMENT_EVENTS)));
  return segments;
};

const isRegular = ({ recordedAt, event }: RecordedEvent): boolean => {
  const lateMs = Date.parse(recordedAt) - Date.parse(event.effectiveAt);
  return 0 <= lateMs && lateMs <= REGULAR_MS;
};

type Order = (a: RecordedEvent, b: RecordedEvent) => number;
const by =
  (momentOf: (event: RecordedEvent) => string): Order =>
  (a, b) => {
    const [left, right] = [momentOf(a), momentOf(b)];
    if (left !== right) return left < right ? -1 : 1;
    return a.stream === b.stream ? a.seq - b.seq : a.stream < b.stream ? -1 : 1;
  };

/** The order of events in a segment. Neighbours lie close in time, so a question can skip whole segments. */
const ORDERS: Readonly<Record<Segment['kind'], Order>> = {
  regular: by(({ recordedAt }) => recordedAt),
  odd: by(({ event }) => event.effectiveAt),
};
