import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { UNFINISHED } from '../adapters/folder/object-store.ts';

/**
 * Removes what killed commands left in a ledger's folder: files that were being written, and the pieces of an
 * archive that was being rebuilt. Only the writer of the ledger may call it, because these could be another
 * writer's.
 */
export const removeLeftovers = (folder: string): void => {
  rmSync(join(folder, 'archive', 'rebuild'), { recursive: true, force: true });
  for (const name of ['archive', 'log']) {
    const objects = join(folder, name);
    if (!existsSync(objects)) continue;
    for (const file of readdirSync(objects, { recursive: true, withFileTypes: true }))
      if (file.name.startsWith(UNFINISHED)) rmSync(join(file.parentPath, file.name), { force: true });
  }
};
