import { memoryObjectStore } from '../../src/objects/memory-object-store.ts';
import { objectStoreContract } from './object-store-contract.ts';

objectStoreContract('objects in memory', async () => ({ store: memoryObjectStore() }));
