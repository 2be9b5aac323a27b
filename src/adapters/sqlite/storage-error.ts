import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { StorageError } from '../../shared/errors.ts';

/**
 * Returns a function that runs work on the database `path` and translates an error of SQLite into a
 * {@link StorageError}: one sentence with the cause and a remedy. All other errors are passed on.
 */
export const storageError =
  (path: string) =>
  <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      const { code } = error as { code?: string };
      if (code !== 'ERR_SQLITE_ERROR') throw error;
      throw new StorageError((TEXTS[resultCode(error)] ?? otherText)(path, error as Error), {
        cause: error,
      });
    }
  };

/**
 * The primary result code of an error of SQLite (https://www.sqlite.org/rescode.html). The driver's `all` throws
 * errors without one, but with SQLite's text.
 */
export const resultCode = (error: unknown): number => {
  const { errcode, message } = error as { errcode?: number; message: string };
  return errcode === undefined ? (CODES[message] ?? UNKNOWN) : errcode & 0xff;
};

/** By SQLite's own texts (`sqlite3ErrStr` in https://www.sqlite.org/src/file/src/main.c). */
const CODES: Readonly<Record<string, number>> = {
  'access permission denied': 3,
  'database is locked': 5,
  'attempt to write a readonly database': 8,
  'disk I/O error': 10,
  'database disk image is malformed': 11,
  'database or disk is full': 13,
  'unable to open database file': 14,
  'file is not a database': 26,
};

/** SQLITE_ERROR, for which there is no text of its own. */
const UNKNOWN = 1;

const damaged = (path: string): string =>
  `${path} is damaged: SQLite cannot read its pages. Restore it from a backup: copy the folder back, or import an export with \`tagledger import\`.`;

const noPermission = (path: string): string =>
  `No permission to write ${path}. Run the command as the ledger's owner; commands that only read need permission to read the folder.`;

/** SQLite does not say why it cannot open a file. */
const unopenable = (path: string): string => {
  if (existsSync(path)) return isAllowed(path, constants.R_OK) ? noPermission(path) : unreadable(path);
  return isAllowed(dirname(path), constants.W_OK) ? `${path} does not exist.` : noPermission(path);
};

const unreadable = (path: string): string =>
  `No permission to read ${path}. Run the command as the ledger's owner, or ask for permission to read the folder.`;

const isAllowed = (path: string, mode: number): boolean => {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
};

const otherText = (path: string, { message }: Error): string =>
  `SQLite cannot use ${path} (${message}). Nothing was stored by the failed step; repeat the command.`;

/** By SQLite's primary result codes (https://www.sqlite.org/rescode.html). */
const TEXTS: Readonly<Record<number, (path: string, error: Error) => string>> = {
  3: noPermission,
  5: (path) => `${path} is locked by another process. Try again when that process has ended.`,
  8: noPermission,
  10: (path) =>
    `The disk failed while tagledger used ${path}. Check the disk; what was acknowledged before is stored.`,
  11: damaged,
  13: (path) =>
    `The disk is full: ${path} cannot grow. Free some space and repeat the command; what was acknowledged before is stored.`,
  14: unopenable,
  26: damaged,
};
