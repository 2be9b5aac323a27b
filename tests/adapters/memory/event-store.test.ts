import { memoryStore } from '../../../src/adapters/memory/event-store.ts';
import { eventStoreContract } from '../../support/contracts/event-store.ts';

eventStoreContract('memoryStore', () => ({ store: memoryStore() }));
