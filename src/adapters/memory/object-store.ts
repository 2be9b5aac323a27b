import { type ObjectStore, refuseName } from '../../objects/object-store.ts';

/** An {@link ObjectStore} in memory, for tests and benchmarks. */
export const memoryObjectStore = (): ObjectStore => {
  const objects = new Map<string, Uint8Array>();
  return {
    async get(name) {
      refuseName(name);
      return objects.get(name)?.slice();
    },

    async put(name, bytes) {
      refuseName(name);
      objects.set(name, bytes.slice());
    },

    async create(name, bytes) {
      refuseName(name);
      if (objects.has(name)) return false;
      objects.set(name, bytes.slice());
      return true;
    },

    async *list(prefix) {
      yield* [...objects.keys()].filter((name) => name.startsWith(prefix)).sort();
    },

    async remove(name) {
      refuseName(name);
      objects.delete(name);
    },
  };
};
