import { randomBytes } from 'node:crypto';
import { GenerateMacCommand, type KMSClient } from '@aws-sdk/client-kms';
import { type OpenPseudonymizer, pseudonyms } from '../../cloudtrail/identity/pseudonymize.ts';
import { once } from '../../shared/once.ts';
import { secretIn } from '../folder/secret-file.ts';

const KEY_BYTES = 32;

/**
 * Pseudonyms from an AWS KMS key, key spec `HMAC_256`, usage `GENERATE_VERIFY_MAC`. The KMS key never leaves
 * KMS: the key in use is its HMAC-SHA-256 of one fixed text, requested once per process and kept in memory.
 * So a thousand names cost no further calls, and without the KMS key nobody can compute the pseudonyms again.
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
      throw new Error(`KMS gave no HMAC of ${KEY_BYTES} bytes by the key ${keyId}. Check the key.`);
    return pseudonyms(Mac);
  });

/**
 * Pseudonyms from the key in a file, which the first use creates. Once the file is deleted, pseudonyms
 * cannot be linked to names any more.
 */
export const filePseudonymizer = (file: string): OpenPseudonymizer =>
  once(async () => {
    const key = Buffer.from(
      await secretIn(file, () => randomBytes(KEY_BYTES).toString('base64url')),
      'base64url',
    );
    if (key.length !== KEY_BYTES)
      throw new Error(
        `The key ${file} has ${key.length} bytes in place of ${KEY_BYTES}. Restore it from a backup.`,
      );
    return pseudonyms(key);
  });
