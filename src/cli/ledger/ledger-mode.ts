import { existsSync } from 'node:fs';
import { databaseFile, hasDatabase } from '../../embedded/database-file.ts';
import { modeFound } from '../../embedded/folder-mode.ts';
import { type FolderMode, findLedgerFolder } from '../../embedded/ledger-folder.ts';
import { claimedProvenance } from '../../verifier/export-header.ts';
import { ledgerKindOf } from './ledger-kind.ts';

/**
 * What the events of a ledger rest on. `observed`: on records alone. `simulated`: on records, and on a simulated EC2.
 * `live`: on records and on AWS. `unknown`: nothing tells who applied the tags, as in a file or folder that an earlier
 * version made.
 */
export type LedgerMode = FolderMode | 'live' | 'unknown';

/**
 * The mode of the ledger that `--ledger` names; undefined if there is none. That of a file is what its header
 * says, which anyone can write. Writes nothing.
 */
export const ledgerModeOf = async (where: string): Promise<LedgerMode | undefined> => {
  const kind = ledgerKindOf(where);
  if (kind === 'file')
    return existsSync(where) ? ((await claimedProvenance(where))?.mode ?? 'unknown') : undefined;
  if (kind === 'tables') return 'live';
  const marker = findLedgerFolder(where);
  if (!marker || marker.mode) return marker?.mode;
  if (!hasDatabase(where)) return 'unknown';
  // Loaded on demand, because the marker of a new folder tells.
  const { openDatabaseToRead } = await import('../../adapters/sqlite/database.ts');
  const database = openDatabaseToRead(databaseFile(where));
  try {
    const { mode, isKnown } = modeFound(marker, database);
    return isKnown ? mode : 'unknown';
  } finally {
    database.close();
  }
};

/** What is said of a folder whose mode is unknown. */
export const UNKNOWN_MODE =
  'mode unknown: an earlier version made this ledger, or it was imported from an export that does not tell; treated as simulated';
