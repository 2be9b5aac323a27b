import { InvalidInputError } from '../../shared/errors.ts';
import { WrongUsageError } from '../errors.ts';

/** What `--ledger` names: tables in AWS, an exported file, or the folder of an embedded ledger. */
export type LedgerKind = 'tables' | 'file' | 'folder';

const TABLES = 'dynamodb:';

/** What `--ledger` names, by its form. Throws a `WrongUsageError` for an empty text. */
export const ledgerKindOf = (where: string): LedgerKind => {
  if (where === '') {
    throw new WrongUsageError(
      'got an empty --ledger, expected a folder, an exported FILE.ndjson.gz or dynamodb:TABLE',
    );
  }
  if (where.startsWith(TABLES)) return 'tables';
  return /\.ndjson(?:\.gz)?$/.test(where) ? 'file' : 'folder';
};

/** The names in `dynamodb:TABLE[,STATE_TABLE]`, as they stand there. */
export const tablesIn = (where: string): readonly string[] => where.slice(TABLES.length).split(',');

/** A folder is not there, or empty. */
export const noLedgerAt = (path: string): InvalidInputError =>
  new InvalidInputError(
    `got no ledger at ${path}: make one with \`tagledger demo\` or \`tagledger ingest FILE\`, or name another with --ledger`,
  );

/** What is thrown where a folder's ledger cannot be opened because of `error`. */
export const unopenable = (path: string, error: unknown): InvalidInputError =>
  error instanceof InvalidInputError
    ? error
    : new InvalidInputError(
        `got the ledger in ${path}, which is damaged (${(error as Error).message}): restore it from a backup, or name another one with --ledger`,
        { cause: error },
      );
