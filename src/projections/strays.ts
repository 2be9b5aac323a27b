import type { ReadOnlyEventStore } from '../events/event-store.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import type { ReadOnlyStateStore } from './state-store.ts';
import type { StoredRow } from './stored-row.ts';

/** The most keys that one BatchGetItem accepts. */
const ROWS_AT_ONCE = 100;

/** The rows of the state table of which the ledger holds no event. Costs one read of the ledger for each row. */
export async function* strays(
  store: ReadOnlyEventStore,
  states: ReadOnlyStateStore,
): AsyncGenerator<StoredRow> {
  let rows: StoredRow[] = [];
  for await (const row of states.listStored()) {
    rows.push(row);
    if (rows.length < ROWS_AT_ONCE) continue;
    yield* withoutStream(store, rows);
    rows = [];
  }
  yield* withoutStream(store, rows);
}

async function* withoutStream(
  store: ReadOnlyEventStore,
  rows: readonly StoredRow[],
): AsyncGenerator<StoredRow> {
  const first = await store.find(rows.map(({ resource }) => ({ stream: resource as ResourceArn, seq: 1 })));
  const begun = new Set<string>(first.map(({ stream }) => stream));
  for (const row of rows) {
    if (begun.has(row.resource)) continue;
    // A stream whose first event is missing is still a stream.
    if ((await store.read(row.resource as ResourceArn)).length === 0) yield row;
  }
}
