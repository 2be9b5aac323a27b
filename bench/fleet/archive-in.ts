import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { folderObjectStore } from '../../src/adapters/folder/object-store.ts';
import { type ArchiveStore, archiveStore } from '../../src/archive/archive-store.ts';
import type { StoredMemo } from '../../src/coordination/coordination-store.ts';

/** The archive in a folder, with its memos in a file: for one process at a time. */
export const archiveIn = (folder: string): ArchiveStore => {
  const file = `${folder}/memos.json`;
  const memos = (): StoredMemo[] => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : []);
  return archiveStore(folderObjectStore(`${folder}/archive`), {
    get: async (keys) => memos().filter(({ key }) => keys.includes(key)),
    swap: async (memo, seen) => {
      const others = memos().filter(({ key }) => key !== memo.key);
      writeFileSync(file, JSON.stringify([...others, { ...memo, version: (seen?.version ?? 0) + 1 }]));
      return true;
    },
  });
};
