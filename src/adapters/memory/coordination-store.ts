import { kindOf, type MemoStore, type StoredMemo } from '../../coordination/coordination-store.ts';
import { canonicalJson } from '../../events/canonical-json.ts';

/** A {@link MemoStore} that lives as long as its process; for tests, benchmarks and simulations. */
export const memoryMemoStore = (): MemoStore => {
  const memos = new Map<string, StoredMemo>();
  return {
    async get(keys) {
      return [...new Set(keys)].flatMap((key) => memos.get(key) ?? []);
    },
    async swap(memo, seen) {
      const version = (seen?.version ?? 0) + 1;
      const there = memos.get(memo.key);
      if ((there?.version ?? 0) === version - 1) {
        memos.set(memo.key, structuredClone({ ...memo, version }));
        return true;
      }
      return there?.version === version && canonicalJson(there.value) === canonicalJson(memo.value);
    },
    async due(kind, until, limit) {
      return [...memos.values()]
        .flatMap(({ key, dueAt }) =>
          dueAt && dueAt <= until && kindOf(key) === kind ? [{ key, dueAt }] : [],
        )
        .sort((a, b) => (a.dueAt < b.dueAt ? -1 : 1))
        .slice(0, limit)
        .map(({ key }) => key);
    },
  };
};
