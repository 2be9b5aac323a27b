import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileSigner } from '../../adapters/folder/signer.ts';
import type { Env } from '../../handlers/runtime/settings.ts';
import { beginLog, newLogId } from '../../sealing/log/begin-log.ts';
import { SealStoppedError } from '../../sealing/log/seal-errors.ts';
import { type SealRun, sealCompared } from '../../sealing/run-sealer.ts';
import { openSealer } from '../../sealing/sealer.ts';
import { InvalidInputError } from '../../shared/errors.ts';
import { verifierKeyText } from '../../verifier/verifier-key.ts';
import { logsOfFolder } from './open-log.ts';
import type { LedgerRuntime } from './open-runtime.ts';

/** What sealing an embedded ledger did. */
export interface SealedFolder extends Omit<SealRun, 'isDone'> {
  readonly origin: string;
  /** How many leaves the log has: one for each sealed event, and its own name before them. */
  readonly size: number;
  /** The file with the public key, which checks the log's checkpoints. */
  readonly key: string;
}

/** How the logs of embedded ledgers are named unless `LOG_NAME` says. */
const NAME = 'tagledger/embedded';

/**
 * Seals all of an embedded ledger that is not sealed, after comparing the whole of it with its log. Its signing key is
 * made with the first log. Throws an `InvalidInputError` when the log and its head do not agree.
 */
export const sealFolder = async (
  { name: folder, store, coordination }: Pick<LedgerRuntime, 'name' | 'store' | 'coordination'>,
  env: Env,
  { now, newLog = false }: { readonly now: () => Date; readonly newLog?: boolean },
): Promise<SealedFolder> => {
  const deps = {
    coordination,
    objects: logsOfFolder(folder),
    signer: await fileSigner(join(folder, 'seal.key')),
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
