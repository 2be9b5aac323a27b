import { memoryStore } from '../../../src/adapters/memory/event-store.ts';
import { eventStoreContract } from '../../events/event-store-contract.ts';

eventStoreContract('memoryStore', () => ({ store: memoryStore() }));
