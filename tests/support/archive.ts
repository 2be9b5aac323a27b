import { memoryCoordinationStore } from '../../src/adapters/memory/coordination-store.ts';
import { memoryObjectStore } from '../../src/adapters/memory/object-store.ts';
import { type ArchiveStore, archiveStore } from '../../src/archive/archive-store.ts';

/** An archive in memory that holds nothing. */
export const memoryArchive = (): ArchiveStore => archiveStore(memoryObjectStore(), memoryCoordinationStore());
