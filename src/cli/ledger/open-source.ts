import { findLedgerFolder } from '../../embedded/ledger-folder.ts';
import { readLedgerFile } from '../../verifier/ledger-file.ts';
import { type LedgerKind, ledgerKindOf, noLedgerAt } from './ledger-kind.ts';
import type { OpenColumns } from './open-columns.ts';

/** The raw content of a ledger, to export or verify. Opening it checks, changes and starts nothing. */
export interface LedgerSource extends OpenColumns {
  readonly kind: LedgerKind;
}

/**
 * Opens the ledger that `--ledger` names. For tables in AWS, only the ledger table is read, which needs
 * `Scan`. The consumers of an embedded ledger do not run, because a damaged ledger must open, too.
 */
export const openSource = async (where: string): Promise<LedgerSource> => {
  const kind = ledgerKindOf(where);
  if (kind === 'file') return { kind, batches: readLedgerFile(where), close: async () => {} };
  const { embeddedColumns, tableColumns } = await import('./open-columns.ts');
  if (kind === 'tables') return { kind, ...tableColumns(where) };
  if (!findLedgerFolder(where)) throw noLedgerAt(where);
  return { kind, ...(await embeddedColumns(where)) };
};
