import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileSigner } from '../../adapters/folder/signer.ts';
import type { Env } from '../../handlers/runtime/settings.ts';
import { beginLog, newLogId } from '../../sealing/log/begin-log.ts';
import { readHead } from '../../sealing/log/log-head.ts';
import { SealStoppedError } from '../../sealing/log/seal-errors.ts';
import { type SealRun, sealCompared } from '../../sealing/run-sealer.ts';
import { openSealer } from '../../sealing/sealer.ts';
import { InvalidInputError } from '../../shared/errors.ts';
import { verifierKeyText } from '../../verifier/verifier-key.ts';
import { logsOfFolder } from './open-log.ts';
import type { LedgerRuntime } from './open-runtime.ts';

/** The result of sealing an embedded ledger. */
export interface SealedFolder extends Omit<SealRun, 'isDone'> {
  readonly origin: string;
  /** The number of leaves in the log: its own name, and one leaf per sealed event. */
  readonly size: number;
  /** The file with the public key that verifies the log's checkpoints. */
  readonly key: string;
}

/** The default name of an embedded ledger's log; `LOG_NAME` overrides it. */
const NAME = 'tagledger/embedded';

/**
 * Seals all unsealed events of an embedded ledger, after comparing the whole ledger with its log. The signing
 * key is created with the first log. Throws an `InvalidInputError` if the log and its recorded head do not
 * agree.
 */
export const sealFolder = async (
  { name: folder, store, coordination }: Pick<LedgerRuntime, 'name' | 'store' | 'coordination'>,
  env: Env,
  { now, newLog = false }: { readonly now: () => Date; readonly newLog?: boolean },
): Promise<SealedFolder> => {
  const file = join(folder, 'seal.key');
  const head = await readHead(coordination);
  if (head && !newLog && !existsSync(file)) throw keyLost(file, head.head.origin);
  const deps = {
    coordination,
    objects: logsOfFolder(folder),
    signer: await fileSigner(file),
    name: env.LOG_NAME?.trim() || NAME,
    newId: newLogId,
    now,
  };
  try {
    if (newLog) await beginLog(deps);
    const sealer = await openSealer(deps);
    const { sealed, broken } = await sealCompared({ store, coordination, sealer, now, isTime: () => true });
    if (sealed === 0) await sealer.heartbeat();
    const key = join(folder, 'seal.vkey');
    writeFileSync(`${key}.new`, `${verifierKeyText(sealer.key)}\n`);
    renameSync(`${key}.new`, key);
    return { origin: sealer.key.name, size: sealer.size(), sealed, broken, key };
  } catch (error) {
    if (!(error instanceof SealStoppedError)) throw error;
    throw new InvalidInputError(
      `${error.message}: \`tagledger seal --new-log\` begins one that names this one`,
      {
        cause: error,
      },
    );
  }
};

const keyLost = (file: string, origin: string): InvalidInputError =>
  new InvalidInputError(
    `The key of the log ${origin} is missing: ${file}. Restore it from a backup, or begin a new log with \`tagledger seal --new-log\`.`,
  );
