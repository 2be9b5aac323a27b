import { findLedgerFolder } from '../../embedded/ledger-folder.ts';
import { claimedProvenance } from '../../verifier/export-header.ts';
import { type FileBatch, readLedgerFile } from '../../verifier/ledger-file.ts';
import type { ShowProgress } from '../progress.ts';
import { type LedgerKind, ledgerKindOf, noLedgerAt } from './ledger-kind.ts';
import type { OpenColumns } from './open-columns.ts';
import { showReading } from './show-reading.ts';

/** The raw content of a ledger, to export or verify. Opening it checks, changes and starts nothing. */
export interface LedgerSource extends OpenColumns {
  readonly kind: LedgerKind;
}

/**
 * Opens the ledger that `--ledger` names. For tables in AWS, only the ledger table is read, which needs
 * `Scan`. The consumers of an embedded ledger do not run, because a damaged ledger must open, too. Reading it shows its
 * progress.
 */
export const openSource = async (where: string, show: ShowProgress): Promise<LedgerSource> => {
  const source = await sourceOf(where);
  const { batches, total } = source;
  const size = ({ columns }: FileBatch) => columns.length;
  return { ...source, batches: showReading(batches, { show, what: 'events', total, size }) };
};

const sourceOf = async (where: string): Promise<LedgerSource> => {
  const kind = ledgerKindOf(where);
  if (kind === 'file') {
    const total = (await claimedProvenance(where))?.counts.events;
    return { kind, batches: readLedgerFile(where), ...(total && { total }), close: async () => {} };
  }
  const { embeddedColumns, tableColumns } = await import('./open-columns.ts');
  if (kind === 'tables') return { kind, ...tableColumns(where) };
  if (!findLedgerFolder(where)) throw noLedgerAt(where);
  return { kind, ...(await embeddedColumns(where)) };
};
