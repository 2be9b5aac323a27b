import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, openDatabase } from '../../../src/adapters/sqlite/database.ts';

/** A new database in a folder of its own. */
export const temporaryDatabase = (): {
  readonly database: Database;
  readonly path: string;
  remove(): void;
} => {
  const folder = mkdtempSync(join(tmpdir(), 'tagledger-database-'));
  const path = join(folder, 'ledger.sqlite');
  return {
    database: openDatabase(path),
    path,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};
