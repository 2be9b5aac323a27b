import fc from 'fast-check';
import { type RecordedEvent, record } from '../../src/events/recorded-event.ts';
import type { TagEvent } from '../../src/events/tag-event.ts';
import { anyFacts, anyObservations } from './any-event.ts';
import { at, gapFound, streamOf } from './events.ts';

/** The facts that `anyFacts` or `anyObservations` makes, and now and then a gap among them. */
const facts: fc.Arbitrary<TagEvent[]> = fc
  .tuple(fc.oneof(anyFacts, anyObservations), fc.option(fc.nat({ max: 14 })))
  .map(([facts, place]) => {
    const gap = gapFound('gap', at(3));
    return place === null ? facts : [...facts.slice(0, place), gap, ...facts.slice(place)];
  });

/**
 * The events of some resources. Facts became true in any order in the first minutes after noon, and were recorded in
 * them or later: at once, late, or before they came to be.
 */
export const anyHistory: fc.Arbitrary<RecordedEvent[]> = fc
  .array(fc.tuple(facts, fc.array(fc.nat({ max: 10 }), { minLength: 15, maxLength: 15 })), {
    minLength: 1,
    maxLength: 6,
  })
  .map((streams) =>
    streams.flatMap(([facts, minutes], i) => {
      const recorded: RecordedEvent[] = [];
      facts.forEach((fact, n) => {
        const now = new Date(at(minutes[n] ?? 0));
        // An event id names a cause on one resource.
        const event = { ...fact, eventId: `${fact.eventId} of ${i}` };
        recorded.push(record(streamOf(`i-${String(i).padStart(17, '0')}`), event, recorded.at(-1), now, 2));
      });
      return recorded;
    }),
  );

/** Moments among those of the histories, with a millisecond to either side. */
const anyInstant = fc
  .tuple(fc.integer({ min: -1, max: 11 }), fc.constantFrom(-1, 0, 1, 2, 3))
  .map(([minute, ms]) => new Date(Date.parse(at(minute)) + ms).toISOString());

/** The two times of a question. */
export const anyMoment = fc.record({ asOf: anyInstant, knownAt: anyInstant });

/** A list in any order, some of it twice. */
export const shuffledAndRepeated = <T>(items: readonly T[]): fc.Arbitrary<T[]> =>
  items.length === 0
    ? fc.constant([])
    : fc
        .array(fc.constantFrom(...items), { maxLength: 8 })
        .chain((again) =>
          fc.shuffledSubarray([...items, ...again], { minLength: items.length + again.length }),
        );
