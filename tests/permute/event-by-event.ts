import { isDeepStrictEqual } from 'node:util';
import { memoryStore } from '../../src/adapters/memory/event-store.ts';
import { memoryStateStore } from '../../src/adapters/memory/state-store.ts';
import type { RecordedEvent } from '../../src/events/recorded-event.ts';
import { fold } from '../../src/events/resource.ts';
import { project } from '../../src/handlers/project/project.ts';
import { rowOf } from '../../src/projections/state-row.ts';
import { storedOf } from '../../src/projections/stored-row.ts';
import { QUIET } from '../../src/shared/telemetry.ts';
import { watched } from '../support/doubles.ts';
import { feedOf } from '../support/feed-records.ts';
import type { Difference } from './compare.ts';

/** The rows of a stream whose events are projected one by one, compared with its folds. */
export interface ComparedRows {
  readonly differences: readonly Difference[];
  /** How many rows were not the first of their stream, and how many of these were continued without a read of it. */
  readonly later: number;
  readonly continued: number;
}

/** Appends the events of a stream one after the other, and projects each before the next. */
export const compareEventByEvent = async (events: readonly RecordedEvent[]): Promise<ComparedRows> => {
  const store = watched(memoryStore());
  const states = memoryStateStore();
  const setAside = async () => new Set<never>();
  const toRows = project({ store, states, setAside, now: () => new Date(0), telemetry: QUIET });
  const differences: Difference[] = [];
  for (const [i, event] of events.entries()) {
    await store.append(event);
    await toRows(feedOf([event]), { remainingMs: () => 60_000 });
    const [actual] = await states.stored([event.stream]);
    const expected = storedOf(rowOf(event.stream, fold(events.slice(0, i + 1))));
    if (isDeepStrictEqual(actual, expected)) continue;
    differences.push({ kind: 'event by event: row', resource: event.stream, expected, actual });
  }
  const later = Math.max(0, events.length - 1);
  return { differences, later, continued: later - store.calls.read.length };
};
