import { type ObjectStore, refuseName } from '../../objects/object-store.ts';
import type { Database } from './database.ts';

/** An {@link ObjectStore} in the table `objects` of an embedded ledger, for small objects. */
export const sqliteObjectStore = (database: Database): ObjectStore => ({
  async get(name) {
    refuseName(name);
    return database.get<{ bytes: Uint8Array }>('SELECT bytes FROM objects WHERE name = ?', name)?.bytes;
  },

  async put(name, bytes) {
    refuseName(name);
    database.run('INSERT OR REPLACE INTO objects (name, bytes) VALUES (?, ?)', name, bytes);
  },

  async create(name, bytes) {
    refuseName(name);
    return database.run('INSERT OR IGNORE INTO objects (name, bytes) VALUES (?, ?)', name, bytes) > 0;
  },

  async *list(prefix) {
    const rows = database.all<{ name: string }>(
      'SELECT name FROM objects WHERE substr(name, 1, ?) = ? ORDER BY name',
      prefix.length,
      prefix,
    );
    for (const { name } of rows) yield name;
  },

  async remove(name) {
    refuseName(name);
    database.run('DELETE FROM objects WHERE name = ?', name);
  },
});
