import { findLedgerFolder } from '../../embedded/ledger-folder.ts';
import { readLedgerFile } from '../../verifier/ledger-file.ts';
import { type LedgerKind, ledgerKindOf, noLedgerAt } from './ledger-kind.ts';
import type { OpenColumns } from './open-columns.ts';

/** What stands in a ledger, to be exported or verified: nothing is checked, changed or set going by opening it. */
export interface LedgerSource extends OpenColumns {
  readonly kind: LedgerKind;
}

/**
 * Opens what `--ledger` names. Of tables in AWS only the ledger's is needed, with `Scan`. The consumers of an embedded
 * ledger are not run, because a damaged ledger must be opened, too.
 */
export const openSource = async (where: string): Promise<LedgerSource> => {
  const kind = ledgerKindOf(where);
  if (kind === 'file') return { kind, batches: readLedgerFile(where), close: async () => {} };
  const { embeddedColumns, tableColumns } = await import('./open-columns.ts');
  if (kind === 'tables') return { kind, ...tableColumns(where) };
  if (!findLedgerFolder(where)) throw noLedgerAt(where);
  return { kind, ...(await embeddedColumns(where)) };
};
