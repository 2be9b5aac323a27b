import type { Resource } from '../../events/resource.ts';
import type { ResourceArn } from '../../events/resource-arn.ts';
import { rowOf, type StateRow } from '../../projections/state-row.ts';
import type { StateStore } from '../../projections/state-store.ts';
import { dueKey, SHARDS, type StoredRow, storedOf } from '../../projections/stored-row.ts';
import type { Database } from './database.ts';

/** A {@link StateStore} in the table `states` of an embedded ledger; `item` is a stored row as JSON. */
export const sqliteStateStore = (database: Database): StateStore => {
  const storedAt = (arn: string): StoredRow | undefined => {
    const row = database.get<{ item: string }>('SELECT item FROM states WHERE resource = ?', arn);
    return row && (JSON.parse(row.item) as StoredRow);
  };
  const put = (row: StateRow): void => {
    const item = JSON.stringify(storedOf(row));
    database.run('INSERT OR REPLACE INTO states (resource, item) VALUES (?, ?)', row.arn, item);
  };
  const isAsSeen = (arn: string, seen: StoredRow | undefined): boolean => {
    const there = storedAt(arn);
    return seen === undefined ? there === undefined : there !== undefined && there.lastSeq === seen.lastSeq;
  };
  function* stored(after = ''): Generator<StoredRow> {
    for (let last: string | undefined = after; last !== undefined; ) {
      const rows: { resource: string; item: string }[] = database.all(
        'SELECT resource, item FROM states WHERE resource > ? ORDER BY resource LIMIT ?',
        last,
        PAGE,
      );
      for (const { item } of rows) yield JSON.parse(item) as StoredRow;
      last = rows.length < PAGE ? undefined : rows.at(-1)?.resource;
    }
  }

  return {
    async save(row) {
      database.transact(() => {
        const there = storedAt(row.arn);
        if (!there || Number(there.lastSeq) < row.resource.lastSeq) put(row);
      });
    },

    async get(arns) {
      return arns.flatMap((arn) => storedAt(arn) ?? []).map(readRow);
    },

    async due(status, until, limit) {
      return SHARDS.flatMap((shard) =>
        database.all<{ resource: ResourceArn; due_at: string }>(
          'SELECT resource, due_at FROM states WHERE due = ? AND due_at <= ? ORDER BY due_at LIMIT ?',
          dueKey(status, shard),
          until,
          limit,
        ),
      )
        .sort((a, b) => (a.due_at < b.due_at ? -1 : 1))
        .slice(0, limit)
        .map(({ resource }) => resource);
    },

    async *list(after) {
      for (const row of stored(after)) yield readRow(row);
    },

    async stored(arns) {
      return arns.flatMap((arn) => storedAt(arn) ?? []);
    },

    async *listStored() {
      yield* stored();
    },

    async replace(row, seen) {
      return database.transact(() => {
        if (!isAsSeen(row.arn, seen)) return false;
        put(row);
        return true;
      });
    },

    async remove(seen) {
      return database.transact(
        () =>
          isAsSeen(seen.resource, seen) &&
          database.run('DELETE FROM states WHERE resource = ?', seen.resource) > 0,
      );
    },
  };
};

/** The rows of one page. It bounds the memory of a scan. */
const PAGE = 500;

const readRow = (stored: StoredRow): StateRow => {
  const { resource, lastSeq, state } = stored as StoredRow & { lastSeq: number; state: string };
  return rowOf(resource as ResourceArn, { ...(JSON.parse(state) as Omit<Resource, 'lastSeq'>), lastSeq });
};
