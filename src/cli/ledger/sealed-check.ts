import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ObjectStore } from '../../objects/object-store.ts';
import { beginSealedCheck, type SealedCheck } from '../../sealing/check/check-sealed.ts';
import { recordFindings } from '../../sealing/check/log-record.ts';
import { damaged, type SealedFinding } from '../../sealing/check/sealed-finding.ts';
import { logOf } from '../../sealing/log/begin-log.ts';
import { SealStoppedError } from '../../sealing/log/seal-errors.ts';
import type { SealedLog } from '../../sealing/log/sealed-log.ts';
import { InvalidInputError } from '../../shared/errors.ts';
import { checkCheckpoint, type SignedCheckpoint } from '../../verifier/checkpoint.ts';
import { NotProvenError } from '../../verifier/not-proven-error.ts';
import type { Provenance } from '../../verifier/provenance.ts';
import type { VerifierKey } from '../../verifier/verifier-key.ts';
import type { Context } from '../command.ts';
import { WrongUsageError } from '../errors.ts';
import type { Console } from '../terminal.ts';
import { ledgerKindOf } from './ledger-kind.ts';
import { logNamed, openLog, openLogs } from './open-log.ts';
import { keysIn } from './proof-files.ts';

/** The comparison of a ledger with its sealed log. */
export interface OpenSealedCheck extends SealedCheck {
  /** What is wrong with the log itself. */
  readonly findings: readonly SealedFinding[];
  /** Whether the key is the one that lies in the ledger's own folder. */
  readonly isOwnKey: boolean;
  /** The checkpoint up to which an exported file claims to be complete. */
  readonly claimed: SignedCheckpoint | undefined;
  /** The log that the header of a file names, if it is an earlier one of the ledger and its key was not given. */
  readonly earlierLog: string | undefined;
}

/** Options of `verify` that say what a ledger is compared with. */
export interface SealedCheckOptions {
  readonly key?: string | undefined;
  readonly log?: string | undefined;
  readonly checkpoint?: readonly string[];
  readonly 'at-size'?: string | undefined;
}

/**
 * Opens the comparison of a ledger with its sealed log, for `verify --key FILE`, or with the key of an
 * embedded ledger's own folder; undefined without a key. `--checkpoint` names files with checkpoints that were
 * kept elsewhere.
 *
 * A ledger must hold all that its log has now, unless `--at-size` says of which time it is. An exported file
 * must hold what its checkpoint covers: the largest of those of `--checkpoint` and that of the header of a whole export.
 * Without one, its completeness is not judged.
 */
export const openSealedCheck = async (
  { ledger, env, console }: Pick<Context, 'ledger' | 'env'> & { readonly console: Pick<Console, 'progress'> },
  values: SealedCheckOptions,
  header?: Provenance,
): Promise<OpenSealedCheck | undefined> => {
  const atSize = sizeIn(values['at-size']);
  const own = ownKeyOf(ledger);
  const keyFile = values.key ?? own;
  if (keyFile === undefined) {
    if (atSize !== undefined) throw new WrongUsageError(WITHOUT_KEY);
    return undefined;
  }
  const keys = keysIn(keyFile);
  const given = (values.checkpoint ?? []).map(noteIn);
  const isOwnKey = values.key === undefined;
  // An export is of the log of its day. A folder whose new log was just begun has the key of the one before.
  const isOfLog = ({ name }: VerifierKey) => isOwnKey || name === header?.log?.origin;
  const origin = keys.find(isOfLog)?.name;
  const objects = await openLogs(values.log, ledger, env);
  const log = await logToCheck(objects, keys, origin).catch((error: unknown) => {
    // Nobody asked for the log, so the events are checked without it.
    const isLost = error instanceof InvalidInputError || error instanceof SealStoppedError;
    return isOwnKey && isLost ? error.message : Promise.reject(error);
  });
  if (typeof log === 'string')
    return { ...lostLog(log), isOwnKey, claimed: undefined, earlierLog: undefined };
  const { stated, earlierLog } = await statedIn(header?.log, keys, objects);
  const claims = [...given, ...(header?.selection.kind === 'whole' ? stated : [])];
  const claimed = ledgerKindOf(ledger) === 'file' ? largest(claims, keys) : undefined;
  const completeTo = atSize ?? claimed?.size ?? (ledgerKindOf(ledger) === 'file' ? 'not-judged' : undefined);
  const check = await beginSealedCheck({
    log,
    keys,
    earlier: [...given, ...stated],
    onRead: (entries, size) => console.progress(entries, size, 'entries of the log'),
    ...(completeTo !== undefined && { completeTo }),
  });
  return {
    ...check,
    findings: [...check.findings, ...(await recordFindings(objects, log, keys))],
    isOwnKey,
    claimed: atSize === undefined ? claimed : undefined,
    earlierLog,
  };
};

/**
 * The log of this origin; without one, the newest log. Records of logs can be lost or damaged, which is a finding later,
 * so the log of a key is looked for by the key's name as well.
 */
const logToCheck = async (
  objects: ObjectStore,
  keys: readonly VerifierKey[],
  origin: string | undefined,
): Promise<SealedLog> => {
  try {
    return (await openLog(objects, origin)).log;
  } catch (error) {
    for (const { name } of keys) {
      const log = logNamed(objects, name);
      if ((await log.checkpoint()) !== undefined) return log;
    }
    throw error;
  }
};

/**
 * The checkpoint in the header of a file. One of an earlier log of the ledger, for which no key was given, counts for
 * nothing, because there is nothing to check it with.
 */
const statedIn = async (
  log: Provenance['log'],
  keys: readonly VerifierKey[],
  objects: ObjectStore,
): Promise<{ readonly stated: readonly string[]; readonly earlierLog: string | undefined }> => {
  if (!log) return { stated: [], earlierLog: undefined };
  const { origin, checkpoint } = log;
  const isEarlier = !keys.some(({ name }) => name === origin) && (await logOf(objects, origin)) !== undefined;
  return isEarlier ? { stated: [], earlierLog: origin } : { stated: [checkpoint], earlierLog: undefined };
};

/** The comparison with a log that a ledger must have, because its key is there, and that cannot be opened. */
const lostLog = (why: string) => ({
  findings: [damaged(`none that can be read, although its key is there: ${why}`)],
  add: () => [],
  end: async () => ({ findings: [], summary: undefined }),
});

/** What `verify` says when options need a key and there is none. */
export const WITHOUT_KEY =
  '--log, --checkpoint and --at-size need the public key of the log. Pass it with --key FILE: seal.vkey in the folder of a ledger, or the file that its operator gave you.';

/** The public key in the folder of an embedded ledger that was sealed; undefined for any other ledger. */
const ownKeyOf = (ledger: string): string | undefined => {
  if (ledgerKindOf(ledger) !== 'folder') return undefined;
  const file = join(ledger, 'seal.vkey');
  return existsSync(file) ? file : undefined;
};

const sizeIn = (value: unknown): number | undefined => {
  if (value === undefined) return undefined;
  const size = Number(value);
  if (/^\d+$/.test(String(value)) && Number.isSafeInteger(size) && size > 0) return size;
  throw new WrongUsageError(
    `The value ${JSON.stringify(value)} of --at-size is not a size of the log. Type the number of leaves that a checkpoint names.`,
  );
};

/** The checkpoint over most leaves. The check of the log reports those that no key signed. */
const largest = (notes: readonly string[], keys: readonly VerifierKey[]): SignedCheckpoint | undefined =>
  notes
    .flatMap((note) => {
      try {
        return [checkCheckpoint(note, keys)];
      } catch (error) {
        if (!(error instanceof NotProvenError)) throw error;
        return [];
      }
    })
    .sort((a, b) => a.size - b.size)
    .at(-1);

const noteIn = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new InvalidInputError(
      `${file} cannot be read (${(error as Error).message}). Name a text file that tagledger can read.`,
      { cause: error },
    );
  }
};
