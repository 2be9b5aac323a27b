import type { EventStore } from '../events/event-store.ts';
import { isLedgerStream } from '../events/ledger-stream.ts';
import { evolve, type Resource, UNKNOWN } from '../events/resource.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
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
 * takes does not grow with the ledger.
 */
export async function* foldLedger(store: EventStore, after?: ResourceArn): AsyncGenerator<Folded> {
  let rows: StateRow[] = [];
  let events = 0;
  let stream: ResourceArn | undefined;
  let resource: Resource = UNKNOWN;
  for await (const recorded of store.readAll(after)) {
    if (isLedgerStream(recorded.stream)) continue;
    if (stream !== undefined && recorded.stream !== stream) {
      rows.push(rowOf(stream, resource));
      resource = UNKNOWN;
      if (rows.length === ROWS_AT_ONCE) {
        yield { rows, events };
        rows = [];
        events = 0;
      }
    }
    stream = recorded.stream;
    resource = evolve(resource, recorded);
    events += 1;
  }
  if (stream !== undefined) yield { rows: [...rows, rowOf(stream, resource)], events };
}
