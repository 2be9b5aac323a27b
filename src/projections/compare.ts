import pMap from 'p-map';
import type { ReadOnlyEventStore } from '../events/event-store.ts';
import { fold } from '../events/resource.ts';
import { foldLedger } from './fold-ledger.ts';
import { byResource } from './rebuild.ts';
import { rowOf, type StateRow } from './state-row.ts';
import type { ReadOnlyStateStore } from './state-store.ts';
import { firstDifference, isSame, type StoredRow, storedOf } from './stored-row.ts';
import { strays } from './strays.ts';

/**
 * How the state table and the ledger differ for one resource. `missing`: there is no row. `unexpected`: there
 * is a row, but no event. `behind`: the row is correct for its `lastSeq`, but later events have not reached
 * it. `differs`: the ledger does not explain the row.
 */
export interface Difference {
  readonly resource: string;
  readonly kind: 'missing' | 'unexpected' | 'behind' | 'differs';
  /** The last seq of the stream; null when there is no stream. */
  readonly ledgerSeq: number | null;
  /** The row's `lastSeq` as stored; null when there is none. */
  readonly rowSeq: unknown;
  /**
   * Where the row first differs, such as `status` or `state.tags[0].value`; null when one side is missing.
   */
  readonly path: string | null;
}

/** The result of comparing one batch of streams or rows. */
export interface Compared {
  /** The number of events and rows in this batch. */
  readonly events: number;
  readonly rows: number;
  readonly differences: readonly Difference[];
}

const ROWS_AT_ONCE = 16;

/** What is compared. */
interface Compare {
  readonly store: ReadOnlyEventStore;
  readonly states: ReadOnlyStateStore;
}

/**
 * Compares every row, byte for byte, with the fold of its stream. Writes nothing. A row that another writer
 * saves meanwhile is compared with its stream as it is then. Rejects with an `UnreadableEventError` at the
 * first unreadable event.
 */
export async function* compare(all: Compare): AsyncGenerator<Compared> {
  const { store, states } = all;
  for await (const { rows, events } of foldLedger(store)) {
    const there = byResource(await states.stored(rows.map(({ arn }) => arn)));
    const found = await pMap(rows, (row) => differenceOf(all, row, there.get(row.arn)), {
      concurrency: ROWS_AT_ONCE,
    });
    yield { events, rows: rows.length, differences: found.flatMap((one) => one ?? []) };
  }
  for await (const { resource, lastSeq = null } of strays(store, states)) {
    const stray = { resource, kind: 'unexpected', ledgerSeq: null, rowSeq: lastSeq, path: null } as const;
    yield { events: 0, rows: 0, differences: [stray] };
  }
}

const differenceOf = async (
  { store }: Compare,
  row: StateRow,
  there: StoredRow | undefined,
): Promise<Difference | undefined> => {
  if (isSame(there, storedOf(row))) return undefined;
  // The row may be newer than the folded events, so read the stream again after the row.
  const events = await store.read(row.arn);
  const fresh = rowOf(row.arn, fold(events));
  const expected = storedOf(fresh);
  if (isSame(there, expected)) return undefined;
  const about = { resource: row.arn, ledgerSeq: fresh.resource.lastSeq };
  if (!there) return { ...about, kind: 'missing', rowSeq: null, path: null };
  const once = rowOf(row.arn, fold(events.filter(({ seq }) => seq <= Number(there.lastSeq))));
  const path = firstDifference(expected, there) ?? null;
  const kind = isSame(there, storedOf(once)) ? 'behind' : 'differs';
  return { ...about, kind, rowSeq: there.lastSeq ?? null, path };
};
