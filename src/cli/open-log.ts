import { join } from 'node:path';
import { InvalidInputError } from '../events/invalid-input-error.ts';
import { folderObjectStore } from '../objects/folder-object-store.ts';
import type { ObjectStore } from '../objects/object-store.ts';
import { objectsUnder } from '../objects/objects-under.ts';
import { lastLog } from '../sealing/begin-log.ts';
import { incarnationOf } from '../sealing/log-head.ts';
import { type SealedLog, sealedLog } from '../sealing/sealed-log.ts';
import { parseVerifierKey, type VerifierKey } from '../verifier/verifier-key.ts';
import { WrongUsageError } from './wrong-usage-error.ts';

/** The sealed log of a ledger, as a command reads it. */
export interface OpenLog {
  readonly log: SealedLog;
  /** Its key as the log itself names it: good for telling which log it is, and no reason to trust it. */
  readonly key: VerifierKey;
  /** The last published checkpoint, a signed note. */
  readonly checkpoint: string;
}

/** Where the logs of an embedded ledger are: a folder in its own. */
export const logsOfFolder = (ledger: string): ObjectStore => folderObjectStore(join(ledger, 'log'));

/**
 * The objects of a ledger's logs: `--log` names a folder, which may be a copy of the bucket; an embedded ledger has them
 * in its own.
 */
export const openLogs = (log: unknown, ledger: string): ObjectStore => {
  if (typeof log === 'string' && log !== '') return folderObjectStore(log);
  if (ledger.startsWith('dynamodb:')) {
    throw new WrongUsageError(
      `got the ledger ${ledger} without its log, expected --log FOLDER with a copy of the bucket`,
    );
  }
  return logsOfFolder(ledger);
};

/** The log of the ledger that was begun last. Throws an `InvalidInputError` when there is none, or nothing was published. */
export const openLog = async (objects: ObjectStore): Promise<OpenLog> => {
  const named = await lastLog(objects);
  const log = named && sealedLog(objectsUnder(objects, incarnationOf(named.origin)));
  const checkpoint = await log?.checkpoint();
  if (!named || !log || checkpoint === undefined) {
    throw new InvalidInputError(
      'got no sealed log there: seal an embedded ledger with `tagledger seal`, or name the log with --log',
    );
  }
  return { log, checkpoint, key: parseVerifierKey(named.key) };
};
