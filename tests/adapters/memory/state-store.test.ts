import { memoryStateStore } from '../../../src/adapters/memory/state-store.ts';
import { stateStoreContract } from '../../projections/state-store-contract.ts';

stateStoreContract('memoryStateStore', () => ({ states: memoryStateStore() }));
