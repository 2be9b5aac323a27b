import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import * as v from 'valibot';
import { InvalidInputError } from '../../shared/errors.ts';
import { memberProblem } from '../member-problem.ts';
import type { Digest } from './parse-digest.ts';

/** CloudTrail's public keys, by their fingerprints. Keys of several Regions can stand side by side. */
export type TrailKeys = ReadonlyMap<string, KeyObject>;

const text = v.pipe(v.string('a text'), v.nonEmpty('a text that is not empty'));
const KeysSchema = v.looseObject(
  {
    PublicKeyList: v.array(v.looseObject({ Fingerprint: text, Value: text }, 'an object'), 'a list'),
  },
  'an object',
);

const DO = 'Give the output of `aws cloudtrail list-public-keys --output json`.';

/**
 * Reads the output of `aws cloudtrail list-public-keys`. Throws an `InvalidInputError` for anything else, and for an output
 * without any key.
 */
export const parseTrailKeys = (output: string): TrailKeys => {
  const parsed = v.safeParse(KeysSchema, jsonIn(output));
  if (!parsed.success)
    throw new InvalidInputError(
      `These are not CloudTrail's public keys: ${memberProblem(parsed.issues[0])}. ${DO}`,
    );
  const { PublicKeyList } = parsed.output;
  if (PublicKeyList.length === 0)
    throw new InvalidInputError(
      'These are no public keys. Give `aws cloudtrail list-public-keys` the Region, the --start-time and the --end-time of the digest files.',
    );
  return new Map(PublicKeyList.map(({ Fingerprint, Value }) => [Fingerprint, keyIn(Fingerprint, Value)]));
};

const jsonIn = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InvalidInputError(
      `These are not CloudTrail's public keys: it is not JSON (${(error as Error).message}). ${DO}`,
      { cause: error },
    );
  }
};

/** AWS documents PKCS #1, and shows keys in both forms. */
const FORMS = ['pkcs1', 'spki'] as const;

const keyIn = (fingerprint: string, value: string): KeyObject => {
  const der = Buffer.from(value, 'base64');
  for (const type of FORMS) {
    try {
      const key = createPublicKey({ key: der, format: 'der', type });
      if (key.asymmetricKeyType === 'rsa') return key;
    } catch {
      // It may have the other form.
    }
  }
  throw new InvalidInputError(`The Value of the public key ${fingerprint} is no RSA key. ${DO}`);
};

/**
 * Whether CloudTrail signed a digest. `no-key`: the keys do not have its own. `no-signature`: its signature is not
 * known; S3 holds it as metadata of the object, and the next digest repeats it. `not-checked`: no keys were given.
 */
export type SignatureVerdict = 'signed' | 'invalid' | 'no-key' | 'no-signature' | 'not-checked';

/** Checks the signature of a digest, which is a text in hexadecimal. */
export const checkSignature = (
  { fingerprint, signedText }: Digest,
  signature: string | undefined,
  keys: TrailKeys | undefined,
): SignatureVerdict => {
  if (!keys) return 'not-checked';
  if (signature === undefined) return 'no-signature';
  const key = keys.get(fingerprint);
  if (!key) return 'no-key';
  const isValid = verify('sha256', Buffer.from(signedText), key, Buffer.from(signature, 'hex'));
  return isValid ? 'signed' : 'invalid';
};
