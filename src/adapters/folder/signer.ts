import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { Signer } from '../../sealing/log/signer.ts';
import { InvalidInputError } from '../../shared/errors.ts';
import { secretIn } from './secret-file.ts';

/** Signs with a private key in this process. */
export const keySigner = (privateKey: KeyObject): Signer => ({
  async publicKey() {
    return publicBytes(createPublicKey(privateKey));
  },
  async sign(message) {
    return sign(null, message, privateKey);
  },
});

/** The 32 bytes of an Ed25519 public key (RFC 8032). */
export const publicBytes = (key: KeyObject): Uint8Array =>
  Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url');

/**
 * Signs with the key in a file (PKCS #8 as PEM), which the first use creates and only its owner may read. For
 * an embedded ledger, where anybody who can write to the folder can sign as well. Rejects with an
 * `InvalidInputError` if the file holds no key.
 */
export const fileSigner = async (file: string): Promise<Signer> =>
  keySigner(keyIn(await secretIn(file, newKey), file));

const keyIn = (text: string, file: string): KeyObject => {
  try {
    return createPrivateKey(text);
  } catch (error) {
    throw new InvalidInputError(
      `${file} does not hold a private key. Restore it from a backup, or move it away and begin a new log with \`tagledger seal --new-log\`.`,
      { cause: error },
    );
  }
};

const newKey = (): string =>
  generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
