import {
  type CoordinationStore,
  kindOfName,
  type StoredMemo,
} from '../../coordination/coordination-store.ts';
import { canonicalJson } from '../../events/canonical-json.ts';

/** A {@link CoordinationStore} in memory, for tests, benchmarks and simulations. */
export const memoryCoordinationStore = (): CoordinationStore => {
  const coordination = new Map<string, StoredMemo>();
  return {
    async get(keys) {
      return [...new Set(keys)].flatMap((key) => coordination.get(key) ?? []);
    },
    async swap(memo, seen) {
      const version = (seen?.version ?? 0) + 1;
      const there = coordination.get(memo.key);
      if ((there?.version ?? 0) === version - 1) {
        coordination.set(memo.key, structuredClone({ ...memo, version }));
        return true;
      }
      return there?.version === version && canonicalJson(there.value) === canonicalJson(memo.value);
    },
    async due(kind, until, limit) {
      return [...coordination.values()]
        .flatMap(({ key, dueAt }) =>
          dueAt && dueAt <= until && kindOfName(key) === kind ? [{ key, dueAt }] : [],
        )
        .sort((a, b) => (a.dueAt < b.dueAt ? -1 : 1))
        .slice(0, limit)
        .map(({ key }) => key);
    },
  };
};
