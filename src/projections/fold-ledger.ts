import type { ReadOnlyEventStore } from '../events/event-store.ts';
import { fold } from '../events/resource.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import { resourceStreams } from '../events/resource-events.ts';
import { rowOf, type StateRow } from './state-row.ts';

/** A batch of folded rows, in the order of the ledger, and the number of events behind them. */
export interface Folded {
  readonly rows: readonly StateRow[];
  readonly events: number;
}

/** The most keys that one BatchGetItem accepts. */
const ROWS_AT_ONCE = 100;

/**
 * Folds the rows of all resources, or of those after `after`, from the ledger alone. Yields batches. Memory
 * holds one batch and the events of one resource, so it does not grow with the ledger.
 */
export async function* foldLedger(store: ReadOnlyEventStore, after?: ResourceArn): AsyncGenerator<Folded> {
  let rows: StateRow[] = [];
  let events = 0;
  for await (const stream of resourceStreams(store, after)) {
    if (rows.length === ROWS_AT_ONCE) {
      yield { rows, events };
      rows = [];
      events = 0;
    }
    rows.push(rowOf(stream[0].stream, fold(stream)));
    events += stream.length;
  }
  if (rows.length > 0) yield { rows, events };
}
