import type { Database } from '../adapters/sqlite/database.ts';
import type { FolderMode, Marker } from './ledger-folder.ts';

/** The mode in which a folder's ledger is run. */
export interface ModeFound {
  readonly mode: FolderMode;
  /** Whether the ledger says so. Otherwise it may hold outcomes of a real EC2, or of a simulated one. */
  readonly isKnown: boolean;
}

/**
 * The mode of a folder's ledger. One whose marker has none is observed if it holds no request and no outcome.
 * Otherwise nothing tells who applied the tags, and it is treated as simulated.
 */
export const modeFound = (marker: Pick<Marker, 'mode'>, database: Pick<Database, 'get'>): ModeFound => {
  if (marker.mode) return { mode: marker.mode, isKnown: true };
  const acted = database.get(
    `SELECT 1 FROM events WHERE instr(body, '"type":"TagRequested"') OR instr(body, '"type":"TagApplied"') LIMIT 1`,
  );
  return acted === undefined ? { mode: 'observed', isKnown: true } : { mode: 'simulated', isKnown: false };
};
