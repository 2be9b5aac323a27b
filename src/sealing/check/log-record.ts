import type { ReadOnlyObjectStore } from '../../objects/object-store.ts';
import { parseLeaf } from '../../verifier/leaf.ts';
import { type VerifierKey, verifierKeyText } from '../../verifier/verifier-key.ts';
import { readLogRecord, recordName } from '../log/begin-log.ts';
import { LogDamagedError, SealStoppedError } from '../log/seal-errors.ts';
import type { SealedLog } from '../log/sealed-log.ts';
import { newestCheckpoint } from './check-log.ts';
import { damaged, type SealedFinding } from './sealed-finding.ts';

/**
 * Compares the record of a log, by which readers find the log, with the trusted keys and with the log's first entry.
 * `objects` are those of all logs of the ledger. A log that cannot be trusted has no findings here, because the check of
 * the log itself has them.
 */
export const recordFindings = async (
  objects: ReadOnlyObjectStore,
  log: SealedLog,
  keys: readonly VerifierKey[],
): Promise<readonly SealedFinding[]> => {
  const checkpoint = await newestCheckpoint(log, keys);
  if ('kind' in checkpoint) return [];
  const { origin, size } = checkpoint;
  const name = recordName(origin);
  try {
    const [first] = await log.entries(0, size);
    const leaf = first && parseLeaf(first);
    const record = await readLogRecord(objects, name);
    if (!record) return [damaged(`no object ${name}, which names the log and its key`)];
    const isOfLog = record.origin === origin && leaf && 'origin' in leaf && leaf.openedAt === record.openedAt;
    const isOfKey = keys.some((key) => key.name === origin && verifierKeyText(key) === record.key);
    return isOfLog && isOfKey ? [] : [damaged(`the object ${name}, which names another log, key or time`)];
  } catch (error) {
    if (error instanceof LogDamagedError) return [];
    if (error instanceof SealStoppedError)
      return [damaged(`the object ${name}, which does not name the log and its key`)];
    throw error;
  }
};
