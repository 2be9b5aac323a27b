import { memoryObjectStore } from '../../../src/adapters/memory/object-store.ts';
import { objectStoreContract } from '../../objects/object-store-contract.ts';

objectStoreContract('objects in memory', async () => ({ store: memoryObjectStore() }));
