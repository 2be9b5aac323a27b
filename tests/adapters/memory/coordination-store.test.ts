import { memoryCoordinationStore } from '../../../src/adapters/memory/coordination-store.ts';
import { memoStoreContract } from '../../support/contracts/coordination-store.ts';

memoStoreContract('memoryMemoStore', async () => ({ coordination: memoryCoordinationStore() }));
