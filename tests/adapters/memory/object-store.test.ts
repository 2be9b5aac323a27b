import { memoryObjectStore } from '../../../src/adapters/memory/object-store.ts';
import { objectStoreContract } from '../../support/contracts/object-store.ts';

objectStoreContract('objects in memory', async () => ({ store: memoryObjectStore() }));
