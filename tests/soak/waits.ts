import type { RecordedEvent } from '../../src/events/recorded-event.ts';

/** The number that a part of all (0 to 1) does not exceed; 0.5 gives the median, and of no numbers it is 0. */
export const quantile = (numbers: readonly number[], part: number): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor((numbers.length - 1) * part)] ?? 0;

/** How long each request that was applied waited, from its record in the ledger to that of its outcome, in ms. */
export const waitsOf = (events: readonly RecordedEvent[]): number[] => {
  const asked = new Map(
    events.map(({ event, recordedAt }) => [event.eventId, Date.parse(recordedAt)] as const),
  );
  return events.flatMap(({ event, recordedAt }) => {
    const at = event.type === 'TagApplied' ? asked.get(event.request) : undefined;
    return at === undefined ? [] : [Date.parse(recordedAt) - at];
  });
};
