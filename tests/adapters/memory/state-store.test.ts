import { memoryStateStore } from '../../../src/adapters/memory/state-store.ts';
import { stateStoreContract } from '../../support/contracts/state-store.ts';

stateStoreContract('memoryStateStore', () => ({ states: memoryStateStore() }));
