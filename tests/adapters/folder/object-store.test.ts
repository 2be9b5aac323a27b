import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { folderObjectStore } from '../../../src/adapters/folder/object-store.ts';
import { objectStoreContract } from '../../support/contracts/object-store.ts';

objectStoreContract('objects in a folder', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tagledger-objects-'));
  return {
    store: folderObjectStore(join(folder, 'made', 'later')),
    close: async () => rmSync(folder, { recursive: true }),
  };
});
