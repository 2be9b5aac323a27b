import { join } from 'node:path';
import { folderObjectStore } from '../../adapters/folder/object-store.ts';
import type { Env } from '../../handlers/runtime/settings.ts';
import type { ObjectStore } from '../../objects/object-store.ts';
import { objectsUnder } from '../../objects/objects-under.ts';
import { lastLog, logOf } from '../../sealing/log/begin-log.ts';
import { incarnationOf } from '../../sealing/log/log-head.ts';
import { type SealedLog, sealedLog } from '../../sealing/log/sealed-log.ts';
import { InvalidInputError } from '../../shared/errors.ts';
import { parseVerifierKey, type VerifierKey } from '../../verifier/verifier-key.ts';
import { WrongUsageError } from '../errors.ts';
import { ledgerKindOf } from './ledger-kind.ts';

/** An open sealed log. */
export interface OpenLog {
  readonly log: SealedLog;
  /** The public key that the log itself names. It identifies the log but is no reason to trust it. */
  readonly key: VerifierKey;
  /** The latest published checkpoint, a signed note. */
  readonly checkpoint: string;
}

/** The logs of an embedded ledger, which are in the `log` folder inside the ledger's folder. */
export const logsOfFolder = (ledger: string): ObjectStore => folderObjectStore(join(ledger, 'log'));

/**
 * Opens the objects of a ledger's logs. `--log` names a folder, which can be a copy of the bucket, or
 * `s3://BUCKET[/PREFIX]`. By default, an embedded ledger has its logs in its own folder, and a ledger in AWS
 * in the bucket that `LOG_BUCKET` names.
 */
export const openLogs = async (log: unknown, ledger: string, env: Env): Promise<ObjectStore> => {
  const bucket = env.LOG_BUCKET?.trim();
  const where =
    typeof log === 'string'
      ? log
      : ledgerKindOf(ledger) !== 'folder' && bucket
        ? `s3://${bucket}`
        : undefined;
  const [, name, prefix] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(where ?? '') ?? [];
  if (where?.startsWith('s3:') && name === undefined)
    throw new WrongUsageError(
      `${JSON.stringify(where)} names no bucket for the log. Write s3://BUCKET or s3://BUCKET/PREFIX.`,
    );
  if (name !== undefined) {
    const { bucketObjects } = await import('./open-bucket.ts');
    return bucketObjects(name, prefix ? `${prefix.replace(/\/$/, '')}/` : '');
  }
  if (where) return folderObjectStore(where);
  if (ledgerKindOf(ledger) === 'folder') return logsOfFolder(ledger);
  throw new WrongUsageError(
    `The log of ${ledger} is not known. Name it with --log FOLDER or --log s3://BUCKET, or set LOG_BUCKET.`,
  );
};

/** The log of this origin among the logs of a ledger, whether or not its record is there. */
export const logNamed = (objects: ObjectStore, origin: string): SealedLog =>
  sealedLog(objectsUnder(objects, incarnationOf(origin)));

/**
 * Opens the ledger's newest log, or the one of this origin if the ledger has it. Throws an
 * `InvalidInputError` if there is no log, or none of its checkpoints was published.
 */
export const openLog = async (objects: ObjectStore, origin?: string): Promise<OpenLog> => {
  const asked = origin === undefined ? undefined : await logOf(objects, origin);
  const named = asked ?? (await lastLog(objects));
  const log = named && logNamed(objects, named.origin);
  const checkpoint = await log?.checkpoint();
  if (!named || !log || checkpoint === undefined) {
    throw new InvalidInputError(
      'There is no sealed log there. Seal a ledger in a folder with `tagledger seal`, or name the log with --log.',
    );
  }
  return { log, checkpoint, key: parseVerifierKey(named.key) };
};
