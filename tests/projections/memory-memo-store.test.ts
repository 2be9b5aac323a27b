import { memoryMemoStore } from '../../src/projections/memory-memo-store.ts';
import { memoStoreContract } from './memo-store-contract.ts';

memoStoreContract('memoryMemoStore', async () => ({ memos: memoryMemoStore() }));
