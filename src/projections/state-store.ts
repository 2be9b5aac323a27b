import type { ResourceArn } from '../events/resource-arn.ts';
import type { StateRow, WaitingRow } from './state-row.ts';
import type { StoredRow } from './stored-row.ts';

/**
 * Stores the current state of each resource. It is a cache: it can be lost and rebuilt from the ledger.
 *
 * - `save` keeps the row unless one with the same or a later `lastSeq` exists, whatever the order and number
 *   of calls. It resolves either way.
 * - Reads are strongly consistent: they see every save that resolved before they began.
 * - `stored` and `listStored` return the exact bytes of a row, whoever wrote it, even when other reads cannot
 *   read it.
 * - `replace` and `remove` repair a row, even one newer than its stream. They act only while the row's
 *   `lastSeq` equals that of `seen` (undefined: while there is no row), and return whether they acted. A save
 *   in between makes them do nothing. Repeating a call whose answer was lost is safe, and may return false.
 */
export interface StateStore {
  save(row: StateRow): Promise<void>;

  /** The existing rows of these resources, in no particular order. */
  get(arns: readonly ResourceArn[]): Promise<StateRow[]>;

  /**
   * Returns up to `limit` resources with rows of this status that are due at `until` or earlier, the longest
   * due first (see `dueOf`). The cost grows with the answer, not with the table. It is a hint and may lag
   * slightly behind the rows.
   */
  due(status: WaitingRow, until: string, limit: number): Promise<ResourceArn[]>;

  /**
   * Yields every row in the store's own order. With `after`, only those behind that row, even when it no
   * longer exists, so that a long job can continue.
   */
  list(after?: ResourceArn): AsyncIterable<StateRow>;

  /** The existing rows of these resources as stored, in no particular order. */
  stored(arns: readonly string[]): Promise<StoredRow[]>;

  /** Every row as stored, in no particular order. */
  listStored(): AsyncIterable<StoredRow>;

  replace(row: StateRow, seen: StoredRow | undefined): Promise<boolean>;

  remove(seen: StoredRow): Promise<boolean>;
}

/** A state store for readers: no row can be changed by it. */
export type ReadOnlyStateStore = Omit<StateStore, 'save' | 'replace' | 'remove'>;
