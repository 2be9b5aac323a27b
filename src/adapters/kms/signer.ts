import { createPublicKey } from 'node:crypto';
import { GetPublicKeyCommand, type KMSClient, SignCommand } from '@aws-sdk/client-kms';
import type { Signer } from '../../sealing/log/signer.ts';
import { once } from '../../shared/once.ts';
import { publicBytes } from '../folder/signer.ts';

/**
 * Signs with an AWS KMS key, which never leaves KMS: key spec `ECC_NIST_EDWARDS25519`, usage
 * `SIGN_VERIFY`. KMS signs messages of up to 4,096 bytes with `ED25519_SHA_512`, which is Ed25519 as in
 * RFC 8032 and needs raw messages (KMS API reference, Sign). `keyId` is an id or ARN, not an alias, which
 * could be pointed at another key.
 */
export const kmsSigner = (kms: Pick<KMSClient, 'send'>, keyId: string): Signer => {
  const publicKey = once(async (): Promise<Uint8Array> => {
    const { PublicKey, KeySpec } = await kms.send(new GetPublicKeyCommand({ KeyId: keyId }));
    if (!PublicKey || KeySpec !== 'ECC_NIST_EDWARDS25519') {
      throw new Error(
        `The KMS key ${keyId} is of the spec ${KeySpec}, and the log needs ECC_NIST_EDWARDS25519. Make one for signing.`,
      );
    }
    return publicBytes(createPublicKey({ key: Buffer.from(PublicKey), format: 'der', type: 'spki' }));
  });
  return {
    publicKey,
    async sign(message) {
      const { Signature } = await kms.send(
        new SignCommand({
          KeyId: keyId,
          Message: message,
          MessageType: 'RAW',
          SigningAlgorithm: 'ED25519_SHA_512',
        }),
      );
      if (!Signature) throw new Error(`KMS gave no signature by the key ${keyId}. Check the key.`);
      return Signature;
    },
  };
};
