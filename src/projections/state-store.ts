import type { ResourceArn } from '../events/resource-arn.ts';
import type { StateRow, WaitingRow } from './state-row.ts';
import type { StoredRow } from './stored-row.ts';

/**
 * Where the current state of each resource is kept. A cache of the ledger: it can be lost and made again.
 *
 * - `save` keeps the row unless one with the same or a later `lastSeq` is there, whatever the order and number
 *   of the calls; it resolves either way.
 * - Reads see every save that resolved before they began (strongly consistent).
 * - `stored` and `listStored` read what others cannot: the very bytes of a row, whoever wrote them.
 * - `replace` and `remove` repair a row, also one that is newer than its stream. They act only while the row's
 *   `lastSeq` is as it was `seen` (undefined: while there is no row), and say whether they did: a save in between
 *   makes them do nothing. To repeat one whose answer was lost is safe, and may say that nothing was done.
 */
export interface StateStore {
  save(row: StateRow): Promise<void>;

  /** The rows of those resources that have one, in no order. */
  get(arns: readonly ResourceArn[]): Promise<StateRow[]>;

  /**
   * Up to `limit` resources whose rows wait with this status since `until` or longer, the longest first (see
   * `dueOf`). Costs what it answers, not what the table holds. A hint: it may be a little behind the rows.
   */
  due(status: WaitingRow, until: string, limit: number): Promise<ResourceArn[]>;

  /**
   * Every row, in an order of the store's own; with `after`, those that come behind this one in it, also when that one is
   * gone. So a long job can go on where it was.
   */
  list(after?: ResourceArn): AsyncIterable<StateRow>;

  /** The rows of those resources that have one, as they are stored, in no order. */
  stored(arns: readonly string[]): Promise<StoredRow[]>;

  /** Every row as it is stored, in no order. */
  listStored(): AsyncIterable<StoredRow>;

  replace(row: StateRow, seen: StoredRow | undefined): Promise<boolean>;

  remove(seen: StoredRow): Promise<boolean>;
}

/** A state store for readers: no row can be changed by it. */
export type ReadOnlyStateStore = Omit<StateStore, 'save' | 'replace' | 'remove'>;
