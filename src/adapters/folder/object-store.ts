import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type ObjectStore, refuseName } from '../../objects/object-store.ts';

/** The prefix of files that are being written; no object's name begins with it. */
export const UNFINISHED = '~';

/**
 * An {@link ObjectStore} in a local folder, which the first write creates. A file is first written under a
 * temporary name, so a process that dies leaves at most a temporary file, which `list` skips.
 */
export const folderObjectStore = (folder: string): ObjectStore => {
  const pathOf = (name: string) => {
    refuseName(name);
    return join(folder, ...name.split('/'));
  };

  /** Writes the bytes to a temporary file and lets `place` move it to its name. */
  const write = async (path: string, bytes: Uint8Array, place: (aside: string) => Promise<void>) => {
    await mkdir(dirname(path), { recursive: true });
    const aside = join(dirname(path), `${UNFINISHED}${randomUUID()}`);
    try {
      await writeFile(aside, bytes, { flush: true });
      await place(aside);
    } finally {
      await rm(aside, { force: true });
    }
  };

  return {
    async get(name) {
      return readFile(pathOf(name)).catch(unlessCode('ENOENT', undefined));
    },

    async put(name, bytes) {
      const path = pathOf(name);
      await write(path, bytes, (aside) => rename(aside, path));
    },

    async create(name, bytes) {
      const path = pathOf(name);
      let created = true;
      await write(path, bytes, async (aside) => {
        created = await link(aside, path).then(() => true, unlessCode('EEXIST', false));
      });
      return created;
    },

    async *list(prefix) {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(
        unlessCode('ENOENT', []),
      );
      const names = entries
        .filter((entry) => entry.isFile() && !entry.name.startsWith(UNFINISHED))
        .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, '/').length));
      yield* names.filter((name) => name.startsWith(prefix)).sort();
    },

    async remove(name) {
      await unlink(pathOf(name)).catch(unlessCode('ENOENT', undefined));
    },
  };
};

/** Returns `otherwise` for a file system error with this code, and throws any other error. */
const unlessCode =
  <T>(code: string, otherwise: T) =>
  (error: NodeJS.ErrnoException): T => {
    if (error.code !== code) throw error;
    return otherwise;
  };
