import { createHash, createPublicKey, verify } from 'node:crypto';
import { NotProvenError } from './not-proven-error.ts';
import { fromBase64 } from './strict-text.ts';

/** A public key that checks a log's checkpoints. It must come from a trusted source. */
export interface VerifierKey {
  /** The origin of the log that it belongs to. */
  readonly name: string;
  /** Ed25519, 32 bytes (RFC 8032). */
  readonly publicKey: Uint8Array;
}

/** The types of signatures, as encoded in key ids (C2SP signed-note, "Signature types"). */
export const SIGNATURE = {
  /** Ed25519 over the text of a note. */
  note: 0x01,
  /** Ed25519 over the text of a checkpoint and the time of the signature. */
  timestamped: 0x04,
} as const;
export type SignatureType = (typeof SIGNATURE)[keyof typeof SIGNATURE];

const KEY_BYTES = 32;
const NAME = /^[^\p{White_Space}+]+$/u;

/** Whether a key can have this name: it must not be empty or contain spaces or plus signs. */
export const isKeyName = (name: string): boolean => NAME.test(name);

/** The id of a key in signature lines of this type: 4 bytes (C2SP signed-note, "Signatures"). */
export const keyIdOf = ({ name, publicKey }: VerifierKey, type: SignatureType): Buffer =>
  createHash('sha256')
    .update(`${name}\n`)
    .update(Uint8Array.of(type))
    .update(publicKey)
    .digest()
    .subarray(0, 4);

/** Writes a key as text, the C2SP vkey: `NAME+KEYID+BASE64`. */
export const verifierKeyText = (key: VerifierKey): string => {
  const material = Buffer.concat([Uint8Array.of(SIGNATURE.note), key.publicKey]).toString('base64');
  return `${key.name}+${keyIdOf(key, SIGNATURE.note).toString('hex')}+${material}`;
};

/**
 * Parses a vkey. Throws a {@link NotProvenError} for any other text, and when the id does not match the key.
 */
export const parseVerifierKey = (text: string): VerifierKey => {
  const malformed = (why: string): never => {
    throw new NotProvenError(
      'malformed',
      `This is not a public key of a log: it ${why}. Such a key is one line, NAME+ID+BASE64, as in seal.vkey.`,
    );
  };
  const [name = '', id = '', material = ''] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(text)?.slice(1) ?? [];
  const bytes = fromBase64(material);
  if (!isKeyName(name) || !bytes) return malformed('does not have the form NAME+ID+BASE64');
  if (bytes[0] !== SIGNATURE.note || bytes.length !== 1 + KEY_BYTES)
    return malformed('is not an Ed25519 key');
  const key = { name, publicKey: bytes.subarray(1) };
  if (keyIdOf(key, SIGNATURE.note).toString('hex') !== id)
    return malformed('has an id that does not belong to it');
  return key;
};

/**
 * Parses a file of keys, one vkey per line. Throws a {@link NotProvenError} when it has none, or a line is
 * not a vkey.
 */
export const parseVerifierKeys = (text: string): VerifierKey[] => {
  const lines = text.split('\n').map((line) => line.trim());
  const keys = lines.filter(Boolean).map(parseVerifierKey);
  if (keys.length === 0)
    throw new NotProvenError(
      'malformed',
      'There is no public key. Write one a line, NAME+ID+BASE64, as in seal.vkey.',
    );
  return keys;
};

/** Whether the key made this signature over the message (Ed25519, RFC 8032). */
export const isSignedBy = (
  { publicKey }: VerifierKey,
  message: Uint8Array,
  signature: Uint8Array,
): boolean => {
  const x = Buffer.from(publicKey).toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return verify(null, message, key, signature);
};
