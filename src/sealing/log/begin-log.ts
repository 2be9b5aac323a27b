import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import type { CoordinationStore } from '../../coordination/coordination-store.ts';
import type { ObjectStore } from '../../objects/object-store.ts';
import { InvalidInputError } from '../../shared/errors.ts';
import { isKeyName, type VerifierKey, verifierKeyText } from '../../verifier/verifier-key.ts';
import { incarnationOf, type LogHead, moveHead, readHead } from './log-head.ts';
import { SealStoppedError } from './seal-errors.ts';
import { CHECKPOINT } from './sealed-log.ts';

/** What beginning a log depends on. */
export interface OriginDeps {
  readonly coordination: CoordinationStore;
  /** The objects of all logs of the ledger, each log in a folder of its own. */
  readonly objects: ObjectStore;
  /** The prefix of a log's name, such as `example.com/tagledger`; a slash and an id follow. */
  readonly name: string;
  /** Creates a unique id for a log, of letters and digits. */
  readonly newId: () => string;
  readonly now: () => Date;
}

/** A random id for a log: 16 hex digits. */
export const newLogId = (): string => randomBytes(8).toString('hex');

/** Names every log that was ever begun, so that a log whose head is lost is not forgotten. */
const FOLDER = 'logs/';

const NamedSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ origin: v.string(), openedAt: v.string(), key: v.string() }),
);

/** The head of a new, empty log. Throws an `InvalidInputError` for a name that a key cannot have. */
export const newOrigin = ({ name, newId, now }: OriginDeps, predecessor: string): LogHead => {
  if (!isKeyName(name) || name.endsWith('/')) {
    throw new InvalidInputError(
      `${JSON.stringify(name)} cannot be the name of a log. Set LOG_NAME to one without spaces and plus signs, such as example.com/tagledger.`,
    );
  }
  const origin = `${name}/${newId()}`;
  return { origin, openedAt: now().toISOString(), predecessor, size: 0, checkpoint: '' };
};

/** The object that records the log of an origin. */
export const recordName = (origin: string): string => `${FOLDER}${incarnationOf(origin)}`;

/**
 * Records a log and its key among the logs of the ledger, or puts the record back where it was lost. Repeating it changes
 * nothing. Throws a {@link SealStoppedError} for a record that says something else.
 */
export const nameLog = async (
  { objects }: OriginDeps,
  { origin, openedAt }: LogHead,
  key: VerifierKey,
): Promise<void> => {
  const named = { origin, openedAt, key: verifierKeyText(key) };
  const name = recordName(origin);
  const there = await readLogRecord(objects, name);
  if (!there) await objects.create(name, Buffer.from(`${JSON.stringify(named, null, 2)}\n`));
  else if (there.origin !== origin || there.openedAt !== openedAt || there.key !== named.key)
    throw new SealStoppedError(
      `The object ${name} does not name the log ${origin}, its time and its key. Restore it from its store.`,
    );
};

/** The record of a log; undefined if there is none. Throws a {@link SealStoppedError} for one that cannot be read. */
export const readLogRecord = async (
  objects: Pick<ObjectStore, 'get'>,
  name: string,
): Promise<NamedLog | undefined> => {
  const bytes = await objects.get(name);
  if (!bytes) return undefined;
  const parsed = v.safeParse(NamedSchema, Buffer.from(bytes).toString('utf8'));
  if (!parsed.success)
    throw new SealStoppedError(`The object ${name} names no log. Restore it from its store.`);
  return parsed.output;
};

/** Throws a {@link SealStoppedError} when the ledger already has a log and only its head is lost. */
export const demandNoLog = async ({ objects }: OriginDeps): Promise<void> => {
  const log = await lastLog(objects);
  if (log) {
    throw new SealStoppedError(
      `The log ${log.origin} is published, but its head is missing from the state table, which was emptied or replaced. Begin a new log.`,
    );
  }
};

/**
 * Begins a new log and returns its origin. Its predecessor is the last published checkpoint of the log before
 * it. Needed after the ledger was restored to an earlier moment, after the state table was lost, and for a
 * new key. The old log stays as it is, and nothing is ever added to it again.
 */
export const beginLog = async (deps: OriginDeps): Promise<string> => {
  const seen = await readHead(deps.coordination);
  const last = await lastLog(deps.objects);
  const note = last && (await deps.objects.get(`${incarnationOf(last.origin)}/${CHECKPOINT}`));
  const { head } = await moveHead(
    deps.coordination,
    newOrigin(deps, note ? Buffer.from(note).toString('utf8') : ''),
    seen?.seen,
  );
  return head.origin;
};

/** The record of a log: its origin, when it was begun (ISO 8601), and its public key. */
type NamedLog = v.InferOutput<typeof NamedSchema>;

/** The record of the log that was begun last; undefined when there is none. */
export const lastLog = async (objects: Pick<ObjectStore, 'get' | 'list'>): Promise<NamedLog | undefined> => {
  let last: NamedLog | undefined;
  for await (const named of namedLogs(objects)) if (!last || last.openedAt < named.openedAt) last = named;
  return last;
};

/** The record of the log of this origin; undefined when it is none of the ledger's. */
export const logOf = async (
  objects: Pick<ObjectStore, 'get' | 'list'>,
  origin: string,
): Promise<NamedLog | undefined> => {
  for await (const named of namedLogs(objects)) if (named.origin === origin) return named;
  return undefined;
};

async function* namedLogs(objects: Pick<ObjectStore, 'get' | 'list'>): AsyncGenerator<NamedLog> {
  for await (const name of objects.list(FOLDER)) {
    const record = await readLogRecord(objects, name);
    if (record) yield record;
  }
}
