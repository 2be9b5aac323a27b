import { memoryStore } from '../../src/events/memory-store.ts';
import { eventStoreContract } from './event-store-contract.ts';

eventStoreContract('memoryStore', () => ({ store: memoryStore() }));
