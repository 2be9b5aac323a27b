import { memoryStateStore } from '../../src/projections/memory-state-store.ts';
import { stateStoreContract } from './state-store-contract.ts';

stateStoreContract('memoryStateStore', () => ({ states: memoryStateStore() }));
