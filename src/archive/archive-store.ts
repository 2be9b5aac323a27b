import type { CoordinationStore } from '../coordination/coordination-store.ts';
import type { ObjectStore, ReadOnlyObjectStore } from '../objects/object-store.ts';

/**
 * The objects of an archive, and the coordination store that says which version of its catalogue counts. Whoever can
 * write to one of the two alone cannot change an answer unseen.
 */
export interface ArchiveStore extends ObjectStore {
  readonly coordination: Pick<CoordinationStore, 'get' | 'swap'>;
}

/** An archive for readers. */
export type ReadOnlyArchive = ReadOnlyObjectStore & {
  readonly coordination: Pick<CoordinationStore, 'get'>;
};

/** The archive that has these objects. */
export const archiveStore = (
  objects: ObjectStore,
  coordination: ArchiveStore['coordination'],
): ArchiveStore => ({ ...objects, coordination });
