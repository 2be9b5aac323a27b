import type { ReadOnlyEventStore } from '../events/event-store.ts';
import { fold } from '../events/resource.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import { resourceStreams } from '../events/resource-events.ts';
import { rowOf, type StateRow } from './state-row.ts';

/** Some rows that the ledger gives, in its order, and how many events they are folded from. */
export interface Folded {
  readonly rows: readonly StateRow[];
  readonly events: number;
}

/** As many as one BatchGetItem asks for. */
const ROWS_AT_ONCE = 100;

/**
 * The rows that the ledger alone gives, of all resources or of those behind `after`, some at a time: the memory that it
 * takes is that of these and of one resource's events, and does not grow with the ledger.
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
