import { dynamodbCoordinationStore } from '../../src/adapters/dynamodb/coordination-store.ts';
import { dynamodbStore } from '../../src/adapters/dynamodb/event-store.ts';
import { dynamodbStateStore } from '../../src/adapters/dynamodb/state-store.ts';
import { memoStoreContract } from '../support/contracts/coordination-store.ts';
import { eventStoreContract } from '../support/contracts/event-store.ts';
import { stateStoreContract } from '../support/contracts/state-store.ts';
import { freshTables } from './fresh-tables.ts';
import { targets } from './targets.ts';

for (const target of targets().dynamodbs) {
  eventStoreContract(`dynamodbStore on ${target.name}`, async () => {
    const { client, ledger, close } = await freshTables(target);
    return { store: dynamodbStore(client, ledger), close };
  });

  stateStoreContract(`dynamodbStateStore on ${target.name}`, async () => {
    const { client, state, close } = await freshTables(target);
    return { states: dynamodbStateStore(client, state), close };
  });

  memoStoreContract(`dynamodbMemoStore on ${target.name}`, async () => {
    const { client, state, close } = await freshTables(target);
    return { coordination: dynamodbCoordinationStore(client, state), close };
  });
}
