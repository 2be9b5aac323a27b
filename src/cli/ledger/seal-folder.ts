import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileSigner } from '../../adapters/folder/signer.ts';
import { feedEnd } from '../../embedded/change-feed.ts';
import type { Env } from '../../handlers/runtime/settings.ts';
import type { StreamBreak } from '../../sealing/check/stream-break.ts';
import { beginLog, newLogId } from '../../sealing/log/begin-log.ts';
import { readHead } from '../../sealing/log/log-head.ts';
import { SealStoppedError } from '../../sealing/log/seal-errors.ts';
import { type SealRun, sealCompared, sealPlaces } from '../../sealing/run-sealer.ts';
import { openSealer, type Sealer } from '../../sealing/sealer.ts';
import { InvalidInputError } from '../../shared/errors.ts';
import { sentence } from '../../shared/text.ts';
import { verifierKeyText } from '../../verifier/verifier-key.ts';
import type { Context } from '../command.ts';
import { sanitizeTerminal } from '../views/sanitize-terminal.ts';
import { logsOfFolder } from './open-log.ts';
import type { EmbeddedRuntime, LedgerRuntime } from './open-runtime.ts';

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

/** The sealer's name among the readers of the change feed. */
const READER = 'seal';
const BATCH = 10_000;

/** The ledger to seal. */
type Sealed = Pick<EmbeddedRuntime, 'name' | 'store' | 'coordination' | 'embedded'>;

interface Sealing {
  readonly now: () => Date;
  readonly newLog?: boolean;
}

/**
 * Seals all unsealed events of an embedded ledger, after comparing the whole ledger with its log. The signing
 * key is created with the first log. Throws an `InvalidInputError` if the log and its recorded head do not
 * agree.
 */
export const sealFolder = (ledger: Sealed, env: Env, sealing: Sealing): Promise<SealedFolder> =>
  withSealer(ledger, env, sealing, async (sealer) => {
    const { store, coordination, embedded } = ledger;
    const { now } = sealing;
    const { sealed, broken } = await sealCompared({ store, coordination, sealer, now, isTime: () => true });
    if (sealed === 0) await sealer.heartbeat();
    embedded.feed.commit(READER, feedEnd(embedded.database));
    return { origin: sealer.key.name, size: sealer.size(), sealed, broken, key: keyFile(ledger.name) };
  });

/**
 * Seals the new events of an embedded ledger, and says on stderr what prevented the sealing of streams. Returns how many
 * streams these are. Does nothing for tables, which a function seals. Throws like {@link sealFolder}.
 */
export const sealNewAndTell = async (
  { embedded, ...ledger }: LedgerRuntime,
  { env, console }: Pick<Context, 'env' | 'console'>,
): Promise<number> => {
  if (!embedded) return 0;
  const broken = await sealNewEvents({ ...ledger, embedded }, env, () => new Date());
  for (const { stream, seq, kind, why } of broken)
    console.stderr(sanitizeTerminal(`not sealed: ${stream} from ${seq} on: ${kind}: ${why}`));
  return broken.length;
};

/**
 * Seals the events of an embedded ledger that were appended since the last call, and creates the key and the log if
 * there are none. Returns what prevented the sealing of streams. Throws like {@link sealFolder}. A process that dies here
 * leaves events unsealed, which the next call seals.
 */
const sealNewEvents = async (ledger: Sealed, env: Env, now: () => Date): Promise<readonly StreamBreak[]> => {
  const { feed } = ledger.embedded;
  if (!(await feed.read(READER, 1))) return [];
  return withSealer(ledger, env, { now }, async (sealer) => {
    const broken: StreamBreak[] = [];
    for (let read = await feed.read(READER, BATCH); read; read = await feed.read(READER, BATCH)) {
      const places = read.entries.map(({ recorded: { stream, seq } }) => [stream, seq] as const);
      broken.push(...(await sealPlaces({ ...ledger, sealer }, places)).broken);
      feed.commit(READER, read.next);
    }
    return broken;
  });
};

const withSealer = async <T>(
  { name: folder, coordination }: Sealed,
  env: Env,
  { now, newLog = false }: Sealing,
  work: (sealer: Sealer) => Promise<T>,
): Promise<T> => {
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
    const done = await work(sealer);
    const key = keyFile(folder);
    writeFileSync(`${key}.new`, `${verifierKeyText(sealer.key)}\n`);
    renameSync(`${key}.new`, key);
    return done;
  } catch (error) {
    if (!(error instanceof SealStoppedError)) throw error;
    throw new InvalidInputError(
      `${sentence(error.message)} To begin a new log that names this one, run \`tagledger seal --new-log\`.`,
      {
        cause: error,
      },
    );
  }
};

const keyFile = (folder: string): string => join(folder, 'seal.vkey');

const keyLost = (file: string, origin: string): InvalidInputError =>
  new InvalidInputError(
    `The key of the log ${origin} is missing: ${file}. Restore it from a backup, or begin a new log with \`tagledger seal --new-log\`.`,
  );
