import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The database file of a ledger's folder. */
export const databaseFile = (folder: string): string => join(folder, 'db', 'ledger.sqlite');

/** Whether a ledger's folder has a database. */
export const hasDatabase = (folder: string): boolean => existsSync(databaseFile(folder));
