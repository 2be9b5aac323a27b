import { HASH_BYTES, isSameHash } from './merkle.ts';
import { NotProvenError } from './not-proven-error.ts';
import { parseNote, type SignedNote } from './signed-note.ts';
import { fromBase64, fromDecimal } from './strict-text.ts';
import { isSignedBy, keyIdOf, SIGNATURE, type SignatureType, type VerifierKey } from './verifier-key.ts';

/**
 * The head of a log: which log it is, how many leaves it has, and the root of their tree (C2SP
 * tlog-checkpoint).
 */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
}

/** A checkpoint that was signed with the key of its log. */
export interface SignedCheckpoint extends Checkpoint {
  /**
   * When it was signed, in seconds since the epoch, by the clock of the log; undefined when no signature has
   * a time.
   */
  readonly signedAt?: number;
}

/** The text of a checkpoint, which is what is signed. */
export const checkpointText = ({ origin, size, root }: Checkpoint): string =>
  `${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`;

/** The message that a timestamped signature covers (C2SP tlog-cosignature, "Ed25519 signed message"). */
export const timestampedMessage = (text: string, seconds: number): Buffer =>
  Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`);

/** The size of the time before a timestamped signature: 8 bytes, big endian. */
export const TIME_BYTES = 8;

/**
 * Parses the text of a checkpoint. Throws a {@link NotProvenError} for any other text, and for a log without
 * leaves.
 */
export const parseCheckpoint = (text: string): Checkpoint => {
  const [origin = '', count = '', base64 = '', ...rest] = text.split('\n');
  const size = fromDecimal(count);
  const root = fromBase64(base64);
  if (!origin || !size || root?.length !== HASH_BYTES || rest.length !== 1 || rest[0] !== '') {
    throw new NotProvenError(
      'malformed',
      'This note is not a checkpoint, whose three lines are origin, size and root. Name the file of a checkpoint.',
    );
  }
  return { origin, size, root };
};

/**
 * Checks a checkpoint, a signed note, against trusted keys. All signatures by these keys must be valid; those
 * by other keys are ignored. Throws a {@link NotProvenError} when no trusted key has signed it, when one of
 * the signatures is invalid, and when it is signed only with the key of another log.
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

/** Whether the key signed the text. Throws when a signature with the key's name and id is invalid. */
const isNoteSigned = (note: SignedNote, key: VerifierKey): boolean => {
  const signatures = signaturesBy(note, key, SIGNATURE.note);
  for (const signature of signatures) demand(isSignedBy(key, Buffer.from(note.text), signature), key);
  return signatures.length > 0;
};

/** The latest time at which the key signed. Throws when a signature with the key's name and id is invalid. */
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
