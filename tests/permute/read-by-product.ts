import { memoryStore } from '../../src/adapters/memory/event-store.ts';
import { memoryStateStore } from '../../src/adapters/memory/state-store.ts';
import type { EventStore, ReadOnlyEventStore } from '../../src/events/event-store.ts';
import type { RecordedEvent } from '../../src/events/recorded-event.ts';
import { project } from '../../src/handlers/project/project.ts';
import { request } from '../../src/intake/intake.ts';
import type { Result } from '../../src/intake/planned-write.ts';
import type { ReadOnlyStateStore } from '../../src/projections/state-store.ts';
import { QUIET } from '../../src/shared/telemetry.ts';
import { parseTagRules } from '../../src/tagging/rules/tag-rules.ts';
import { tickingClock } from '../support/doubles.ts';
import { feedOf } from '../support/feed-records.ts';

/** A ledger and its state rows, after the product has read records. */
export interface ReadTrail {
  readonly store: ReadOnlyEventStore;
  readonly states: ReadOnlyStateStore;
  /** What the intake said of the records, in the order in which they were given. */
  readonly results: readonly Result[];
  /** Gives the intake the same records a second time, and resolves to the number of events that it appended. */
  readonly readAgain: () => Promise<number>;
}

/** One rule for every type, because births of types without a rule are not recorded. Nothing applies it. */
const RULES = parseTagRules('{"zz":"1"}');

/**
 * Gives records to the intake of the product, in this order. Stores are in memory. `one-by-one`: each record is an
 * input of its own, and its events are projected before the next. `at-once`: they are one input, as the records of
 * a file are.
 */
export const readByProduct = async (
  records: readonly object[],
  how: 'one-by-one' | 'at-once' = 'at-once',
): Promise<ReadTrail> => {
  const appended: RecordedEvent[] = [];
  const store = noting(memoryStore(), appended);
  const states = memoryStateStore();
  const now = tickingClock('2026-06-01T00:00:00.000Z');
  const take = request({ ledger: { store, eventFormat: 2, now }, rules: RULES, telemetry: QUIET });
  const setAside = async () => new Set<never>();
  const toRows = project({ store, states, setAside, now, telemetry: QUIET });
  const inputs = how === 'one-by-one' ? records.map((record) => [record]) : [records];
  const read = async () => {
    const results: Result[] = [];
    let count = 0;
    for (const [i, input] of inputs.entries()) {
      results.push(...(await take(input, `input ${i}`)));
      const fresh = appended.splice(0);
      await toRows(feedOf(fresh), { remainingMs: () => 60_000 });
      count += fresh.length;
    }
    return { results, count };
  };
  const { results } = await read();
  return { store, states, results, readAgain: async () => (await read()).count };
};

const noting = (store: EventStore, appended: RecordedEvent[]): EventStore => ({
  ...store,
  async append(event) {
    const done = await store.append(event);
    if (done.fresh) appended.push(done.event);
    return done;
  },
});
