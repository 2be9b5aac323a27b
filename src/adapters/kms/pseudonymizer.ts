import { randomBytes } from 'node:crypto';
import { GenerateMacCommand, type KMSClient } from '@aws-sdk/client-kms';
import { type Pseudonymizer, pseudonyms } from '../../cloudtrail/identity/pseudonymize.ts';
import { once } from '../../shared/once.ts';
import { secretIn } from '../folder/secret-file.ts';

/** Gets the key of the pseudonyms when it is first needed; rejects when it cannot, and tries again the next time. */
export type OpenPseudonymizer = () => Promise<Pseudonymizer>;

const KEY_BYTES = 32;

/**
 * Pseudonyms by a key of AWS KMS, key spec `HMAC_256`, usage `GENERATE_VERIFY_MAC`. The key never leaves KMS: what is used
 * here is the HMAC-SHA-256 of one fixed text by it, asked for once in a process and kept in its memory. So a thousand
 * names cost no calls, and without the key of KMS nobody can make them again.
 */
export const kmsPseudonymizer = (kms: Pick<KMSClient, 'send'>, keyId: string): OpenPseudonymizer =>
  once(async () => {
    const { Mac } = await kms.send(
      new GenerateMacCommand({
        KeyId: keyId,
        MacAlgorithm: 'HMAC_SHA_256',
        Message: Buffer.from('tagledger/identity-key/v1'),
      }),
    );
    if (Mac?.length !== KEY_BYTES)
      throw new Error(`KMS gave no HMAC of ${KEY_BYTES} bytes by the key ${keyId}`);
    return pseudonyms(Mac);
  });

/** Pseudonyms by the key in a file, which is made with its first use. To delete it forgets who they were for. */
export const filePseudonymizer = (file: string): OpenPseudonymizer =>
  once(async () => {
    const key = Buffer.from(
      await secretIn(file, () => randomBytes(KEY_BYTES).toString('base64url')),
      'base64url',
    );
    if (key.length !== KEY_BYTES)
      throw new Error(
        `got the key ${file} of ${key.length} bytes, expected ${KEY_BYTES}: restore it from a backup`,
      );
    return pseudonyms(key);
  });
