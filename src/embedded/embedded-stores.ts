import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { folderObjectStore } from '../adapters/folder/object-store.ts';
import { sqliteCoordinationStore } from '../adapters/sqlite/coordination-store.ts';
import { type Database, IN_MEMORY, openDatabase, openDatabaseToRead } from '../adapters/sqlite/database.ts';
import { sqliteStore } from '../adapters/sqlite/event-store.ts';
import { sqliteObjectStore } from '../adapters/sqlite/object-store.ts';
import { sqliteStateStore } from '../adapters/sqlite/state-store.ts';
import { lockForWriting } from '../adapters/sqlite/writer-lock.ts';
import { type ArchiveStore, archiveStore } from '../archive/archive-store.ts';
import { INBOX } from '../archive/inbox.ts';
import type { CoordinationStore } from '../coordination/coordination-store.ts';
import type { EventStore } from '../events/event-store.ts';
import type { ObjectStore } from '../objects/object-store.ts';
import type { StateStore } from '../projections/state-store.ts';
import type { DeadLetters } from '../stream-consumer/dead-letter-file.ts';
import type { CursoredFeed } from '../stream-consumer/event-source-mapping.ts';
import { changeFeed } from './change-feed.ts';
import { databaseDeadLetters } from './database-dead-letters.ts';
import { databaseFile } from './database-file.ts';
import { removeLeftovers } from './remove-leftovers.ts';

/** Everything that an embedded ledger stores in its database and in the archive's folder. */
export interface EmbeddedStores extends Pick<Database, 'atomically'> {
  readonly database: Database;
  readonly store: EventStore;
  readonly states: StateStore;
  readonly coordination: CoordinationStore;
  readonly feed: CursoredFeed;
  readonly deadLetters: DeadLetters;
  /** Absent if the ledger is in memory. */
  readonly archived?: ArchiveStore;
  close(): void;
}

/**
 * Opens the stores of a ledger's folder for writing, or new stores in memory if there is no folder. Rejects
 * with an `InvalidInputError` if another process is writing to the folder, and with a `StorageError` if its
 * storage fails.
 */
export const openStores = async (folder: string | undefined, now: () => Date): Promise<EmbeddedStores> => {
  if (folder === undefined) return storesOver(openDatabase(IN_MEMORY), now);
  mkdirSync(join(folder, 'db'), { recursive: true });
  const unlock = await lockForWriting(join(folder, 'db'));
  try {
    removeLeftovers(folder);
    const database = openDatabase(databaseFile(folder));
    const close = () => {
      try {
        database.close();
      } finally {
        unlock();
      }
    };
    const stores = storesOver(database, now);
    return { ...stores, archived: archiveIn(folder, stores), close };
  } catch (error) {
    unlock();
    throw error;
  }
};

/** Opens the stores of a ledger's folder for reading. See {@link openDatabaseToRead}. */
export const openStoresToRead = (folder: string): Required<EmbeddedStores> => {
  const database = openDatabaseToRead(databaseFile(folder));
  const stores = storesOver(database, () => new Date());
  return { ...stores, archived: archiveIn(folder, stores) };
};

const storesOver = (database: Database, now: () => Date): Omit<EmbeddedStores, 'archived'> => ({
  database,
  store: sqliteStore(database),
  states: sqliteStateStore(database),
  coordination: sqliteCoordinationStore(database),
  feed: changeFeed(database),
  deadLetters: databaseDeadLetters(database, now),
  atomically: database.atomically,
  close: database.close,
});

/**
 * The archive's objects in a folder, but its inbox in the database: what a consumer hands over must not exist
 * if the consumer's transaction fails.
 */
const archiveIn = (
  folder: string,
  { database, coordination }: Pick<EmbeddedStores, 'database' | 'coordination'>,
): ArchiveStore => {
  const inFolder = folderObjectStore(join(folder, 'archive'));
  const inDatabase = sqliteObjectStore(database);
  const placeOf = (name: string) => (name.startsWith(INBOX) ? inDatabase : inFolder);
  const objects: ObjectStore = {
    get: (name) => placeOf(name).get(name),
    put: (name, bytes) => placeOf(name).put(name, bytes),
    create: (name, bytes) => placeOf(name).create(name, bytes),
    list: (prefix) => placeOf(prefix).list(prefix),
    remove: (name) => placeOf(name).remove(name),
  };
  return archiveStore(objects, coordination);
};
