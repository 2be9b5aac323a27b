import { InvalidInputError } from '../../shared/errors.ts';
import { WrongUsageError } from '../errors.ts';

/**
 * The kinds of ledger that `--ledger` can name: tables in AWS, an exported file, or the folder of an embedded
 * ledger.
 */
export type LedgerKind = 'tables' | 'file' | 'folder';

const TABLES = 'dynamodb:';

/**
 * The kind of ledger that `--ledger` names, judged by its syntax alone. Throws a `WrongUsageError` for an
 * empty value.
 */
export const ledgerKindOf = (where: string): LedgerKind => {
  if (where === '') {
    throw new WrongUsageError(
      '--ledger is empty. Name a folder, an exported FILE.ndjson.gz or dynamodb:TABLE,STATE_TABLE.',
    );
  }
  if (where.startsWith(TABLES)) return 'tables';
  return /\.ndjson(?:\.gz)?$/.test(where) ? 'file' : 'folder';
};

/** The table names in `dynamodb:TABLE[,STATE_TABLE]`, unchecked. */
export const tablesIn = (where: string): readonly string[] => where.slice(TABLES.length).split(',');

/** The error for a folder that does not exist or holds no ledger. */
export const noLedgerAt = (path: string): InvalidInputError =>
  new InvalidInputError(
    `There is no ledger at ${path}. Make one with \`tagledger demo\` or \`tagledger ingest FILE\`, or name another with --ledger.`,
  );
