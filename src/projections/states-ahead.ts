import type { ReadOnlyEventStore } from '../events/event-store.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import { foldedStates } from './folded-states.ts';
import type { ReadOnlyStateStore } from './state-store.ts';

/**
 * The states as they will be once the streams in `behind` are projected: the rows of these are folded from their
 * streams, and all others are read. `due`, `stored` and `listStored` tell what is in the table.
 */
export const statesAhead = (
  states: ReadOnlyStateStore,
  store: ReadOnlyEventStore,
  behind: ReadonlySet<ResourceArn>,
): ReadOnlyStateStore => {
  const folded = foldedStates(store);
  return {
    ...states,
    async get(arns) {
      const current = await states.get(arns.filter((arn) => !behind.has(arn)));
      return [...current, ...(await folded.get(arns.filter((arn) => behind.has(arn))))];
    },
    // The folded rows come last, in the order of `behind`.
    async *list(after) {
      const all = [...behind];
      const from = after === undefined ? -1 : all.indexOf(after);
      if (from < 0) for await (const row of states.list(after)) if (!behind.has(row.arn)) yield row;
      for (const arn of all.slice(from + 1)) yield* await folded.get([arn]);
    },
  };
};
