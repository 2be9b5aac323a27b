import type { ResourceArn } from '../events/resource-arn.ts';
import type { StateRow } from './state-row.ts';
import type { StateStore } from './state-store.ts';

/** A {@link StateStore} that lives as long as its process; for tests, benchmarks and simulations. */
export const memoryStateStore = (): StateStore => {
  const rows = new Map<ResourceArn, StateRow>();
  return {
    async save(row) {
      const there = rows.get(row.arn);
      if (!there || there.resource.lastSeq < row.resource.lastSeq) rows.set(row.arn, row);
    },
    async get(arns) {
      return arns.flatMap((arn) => rows.get(arn) ?? []);
    },
    async *list() {
      yield* [...rows.values()];
    },
  };
};
