import { memoryMemoStore } from '../../../src/adapters/memory/coordination-store.ts';
import { memoStoreContract } from '../../projections/memo-store-contract.ts';

memoStoreContract('memoryMemoStore', async () => ({ memos: memoryMemoStore() }));
