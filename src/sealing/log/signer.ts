import {
  type Checkpoint,
  checkpointText,
  TIME_BYTES,
  timestampedMessage,
} from '../../verifier/checkpoint.ts';
import { noteText } from '../../verifier/signed-note.ts';
import { keyIdOf, SIGNATURE } from '../../verifier/verifier-key.ts';

/**
 * Signs with an Ed25519 key that it never reveals. Signing a message again is harmless: Ed25519 always yields
 * the same signature.
 */
export interface Signer {
  /** 32 bytes (RFC 8032). */
  publicKey(): Promise<Uint8Array>;
  /** Signs up to 4,096 bytes. The signature has 64 bytes. */
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/**
 * Writes a checkpoint as a signed note, with two signatures by the log's key: one over the text, which every
 * reader of checkpoints understands, and one that also states the time, in seconds since the epoch.
 */
export const signCheckpoint = async (
  signer: Signer,
  checkpoint: Checkpoint,
  seconds: number,
): Promise<string> => {
  const text = checkpointText(checkpoint);
  const key = { name: checkpoint.origin, publicKey: await signer.publicKey() };
  const time = Buffer.alloc(TIME_BYTES);
  time.writeBigUInt64BE(BigInt(seconds));
  const timestamped = await signer.sign(timestampedMessage(text, seconds));
  return noteText({
    text,
    signatures: [
      {
        name: key.name,
        keyId: keyIdOf(key, SIGNATURE.note),
        signature: await signer.sign(Buffer.from(text)),
      },
      {
        name: key.name,
        keyId: keyIdOf(key, SIGNATURE.timestamped),
        signature: Buffer.concat([time, timestamped]),
      },
    ],
  });
};
