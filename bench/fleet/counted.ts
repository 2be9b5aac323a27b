import type { ArchiveStore } from '../../src/archive/archive-store.ts';

/** What was asked of a store. */
export interface Reads {
  gets: number;
  lists: number;
  bytes: number;
}

/** A store that counts what is read from it. */
export const counted = (objects: ArchiveStore): { readonly objects: ArchiveStore; readonly reads: Reads } => {
  const reads: Reads = { gets: 0, lists: 0, bytes: 0 };
  return {
    reads,
    objects: {
      ...objects,
      async get(name) {
        const bytes = await objects.get(name);
        reads.gets += 1;
        reads.bytes += bytes?.length ?? 0;
        return bytes;
      },
      list(prefix) {
        reads.lists += 1;
        return objects.list(prefix);
      },
    },
  };
};
