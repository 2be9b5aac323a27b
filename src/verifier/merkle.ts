import { createHash } from 'node:crypto';

/** The size of a hash (SHA-256) in bytes. */
export const HASH_BYTES = 32;

/** The root of a tree without leaves: the hash of an empty string (RFC 6962, section 2.1). */
export const EMPTY_ROOT: Buffer = createHash('sha256').digest();

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** The hash of a leaf, from its bytes (RFC 6962, section 2.1). */
export const leafHash = (data: Uint8Array): Buffer => createHash('sha256').update(LEAF).update(data).digest();

/** The hash of a node, from those of its children (RFC 6962, section 2.1). */
export const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer =>
  createHash('sha256').update(NODE).update(left).update(right).digest();

/**
 * The root of a tree from its peaks: the roots of the complete subtrees that its leaves fill from the left,
 * each as large as possible.
 */
export const rootOfPeaks = (peaks: readonly Uint8Array[]): Uint8Array =>
  peaks.length === 0 ? EMPTY_ROOT : peaks.reduceRight((right, left) => nodeHash(left, right));

/** Whether two hashes are equal. */
export const isSameHash = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
