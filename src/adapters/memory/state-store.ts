import type { ResourceArn } from '../../events/resource-arn.ts';
import { dueOf, type StateRow } from '../../projections/state-row.ts';
import type { StateStore } from '../../projections/state-store.ts';
import { type StoredRow, storedOf } from '../../projections/stored-row.ts';

/** A {@link StateStore} in memory, for tests, benchmarks and simulations. */
export const memoryStateStore = (): StateStore => {
  const rows = new Map<ResourceArn, StateRow>();
  const isAsSeen = (arn: string, seen: StoredRow | undefined): boolean =>
    rows.get(arn as ResourceArn)?.resource.lastSeq === seen?.lastSeq;
  return {
    async save(row) {
      const there = rows.get(row.arn);
      if (!there || there.resource.lastSeq < row.resource.lastSeq) rows.set(row.arn, row);
    },
    async get(arns) {
      return arns.flatMap((arn) => rows.get(arn) ?? []);
    },
    async due(status, until, limit) {
      return [...rows.values()]
        .flatMap((row) => {
          const due = dueOf(row);
          return due?.status === status && due.at <= until ? [{ arn: row.arn, at: due.at }] : [];
        })
        .sort((a, b) => (a.at < b.at ? -1 : 1))
        .slice(0, limit)
        .map(({ arn }) => arn);
    },
    async *list(after = '' as ResourceArn) {
      yield* [...rows.values()].filter(({ arn }) => arn > after).sort((a, b) => (a.arn < b.arn ? -1 : 1));
    },
    async stored(arns) {
      return arns.flatMap((arn) => rows.get(arn as ResourceArn) ?? []).map(storedOf);
    },
    async *listStored() {
      yield* [...rows.values()].map(storedOf);
    },
    async replace(row, seen) {
      if (!isAsSeen(row.arn, seen)) return false;
      rows.set(row.arn, row);
      return true;
    },
    async remove(seen) {
      return isAsSeen(seen.resource, seen) && rows.delete(seen.resource as ResourceArn);
    },
  };
};
