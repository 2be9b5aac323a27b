import { HASH_BYTES, isSameHash } from './merkle.ts';
import { NotProvenError } from './not-proven-error.ts';
import { parseNote, type SignedNote } from './signed-note.ts';
import { fromBase64, fromDecimal } from './strict-text.ts';
import { isSignedBy, keyIdOf, SIGNATURE, type SignatureType, type VerifierKey } from './verifier-key.ts';

/** The head of a log: which log, how many leaves, and the root of their tree (C2SP tlog-checkpoint). */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
}

/** A checkpoint that was signed by the key of its log. */
export interface SignedCheckpoint extends Checkpoint {
  /** When it was signed, in seconds since the epoch, by the clock of the log; undefined when it does not say. */
  readonly signedAt?: number;
}

/** The text of a checkpoint, which is what is signed. */
export const checkpointText = ({ origin, size, root }: Checkpoint): string =>
  `${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`;

/** What a timestamped signature is over (C2SP tlog-cosignature, "Ed25519 signed message"). */
export const timestampedMessage = (text: string, seconds: number): Buffer =>
  Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`);

/** How the time stands before a timestamped signature: 8 bytes, big endian. */
export const TIME_BYTES = 8;

/** The checkpoint that a text holds; throws a {@link NotProvenError} for another text, and for a log without leaves. */
export const parseCheckpoint = (text: string): Checkpoint => {
  const [origin = '', count = '', base64 = '', ...rest] = text.split('\n');
  const size = fromDecimal(count);
  const root = fromBase64(base64);
  if (!origin || !size || root?.length !== HASH_BYTES || rest.length !== 1 || rest[0] !== '') {
    throw new NotProvenError(
      'malformed',
      'got a note that is no checkpoint, expected three lines: origin, size and root',
    );
  }
  return { origin, size, root };
};

/**
 * Checks a checkpoint, a signed note, against the keys that are trusted. Every signature by one of them must be over its
 * text; signatures by others are passed over. Throws a {@link NotProvenError} when none is by one of them, when one
 * is wrong, and when the key that signed it is that of another log.
 */
export const checkCheckpoint = (note: string, keys: readonly VerifierKey[]): SignedCheckpoint => {
  const parsed = parseNote(note);
  const checkpoint = parseCheckpoint(parsed.text);
  const signed = keys.filter((key) => isNoteSigned(parsed, key));
  const [key] = signed;
  if (!key) {
    throw new NotProvenError(
      'unknown-key',
      `the checkpoint of ${checkpoint.origin} is signed by none of the keys: ${keys.map(({ name }) => name).join(', ')}`,
    );
  }
  const own = signed.find(({ name }) => name === checkpoint.origin);
  if (!own) {
    throw new NotProvenError(
      'other-origin',
      `the key of ${key.name} signed a checkpoint of ${checkpoint.origin}`,
    );
  }
  const signedAt = signedTime(parsed, own);
  return { ...checkpoint, ...(signedAt !== undefined && { signedAt }) };
};

const signaturesBy = ({ signatures }: SignedNote, key: VerifierKey, type: SignatureType): Uint8Array[] =>
  signatures.flatMap(({ name, keyId, signature }) =>
    name === key.name && isSameHash(keyId, keyIdOf(key, type)) ? [signature] : [],
  );

/** Whether the key signed the text; throws when a signature of its name and id is not its own. */
const isNoteSigned = (note: SignedNote, key: VerifierKey): boolean => {
  const signatures = signaturesBy(note, key, SIGNATURE.note);
  for (const signature of signatures) demand(isSignedBy(key, Buffer.from(note.text), signature), key);
  return signatures.length > 0;
};

/** The latest time at which the key says that it signed; throws when a signature of its name and id is not its own. */
const signedTime = (note: SignedNote, key: VerifierKey): number | undefined => {
  const times = signaturesBy(note, key, SIGNATURE.timestamped).map((signature) => {
    const bytes = Buffer.from(signature);
    const seconds = bytes.length < TIME_BYTES ? Number.NaN : Number(bytes.readBigUInt64BE());
    const message = timestampedMessage(note.text, seconds);
    demand(Number.isSafeInteger(seconds) && isSignedBy(key, message, bytes.subarray(TIME_BYTES)), key);
    return seconds;
  });
  return times.length > 0 ? Math.max(...times) : undefined;
};

const demand = (holds: boolean, { name }: VerifierKey): void => {
  if (!holds)
    throw new NotProvenError('bad-signature', `a signature by the key of ${name} is not over this text`);
};
