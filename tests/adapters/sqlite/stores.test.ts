import { sqliteCoordinationStore } from '../../../src/adapters/sqlite/coordination-store.ts';
import { sqliteStore } from '../../../src/adapters/sqlite/event-store.ts';
import { sqliteObjectStore } from '../../../src/adapters/sqlite/object-store.ts';
import { sqliteStateStore } from '../../../src/adapters/sqlite/state-store.ts';
import { memoStoreContract } from '../../support/contracts/coordination-store.ts';
import { eventStoreContract } from '../../support/contracts/event-store.ts';
import { objectStoreContract } from '../../support/contracts/object-store.ts';
import { stateStoreContract } from '../../support/contracts/state-store.ts';
import { temporaryDatabase } from './temporary-database.ts';

const opened = () => {
  const { database, remove } = temporaryDatabase();
  const close = async () => {
    database.close();
    remove();
  };
  return { database, close };
};

eventStoreContract('sqliteStore', () => {
  const { database, close } = opened();
  return { store: sqliteStore(database), close };
});

stateStoreContract('sqliteStateStore', () => {
  const { database, close } = opened();
  return { states: sqliteStateStore(database), close };
});

memoStoreContract('sqliteCoordinationStore', async () => {
  const { database, close } = opened();
  return { coordination: sqliteCoordinationStore(database), close };
});

objectStoreContract('objects in a database', async () => {
  const { database, close } = opened();
  return { store: sqliteObjectStore(database), close };
});
