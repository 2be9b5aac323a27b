import { EMPTY_ROOT, nodeHash } from '../../../src/verifier/merkle.ts';

/**
 * RFC 6962, section 2.1, word for word and slow: what everything faster is compared with. All three take the hashes of
 * the leaves.
 */
export const rootOf = (leaves: readonly Uint8Array[]): Uint8Array => {
  const [only] = leaves;
  if (!only) return EMPTY_ROOT;
  if (leaves.length === 1) return only;
  const k = split(leaves.length);
  return nodeHash(rootOf(leaves.slice(0, k)), rootOf(leaves.slice(k)));
};

/** PATH(m, D[n]), section 2.1.1. */
export const pathOf = (m: number, leaves: readonly Uint8Array[]): Uint8Array[] => {
  if (leaves.length === 1) return [];
  const k = split(leaves.length);
  return m < k
    ? [...pathOf(m, leaves.slice(0, k)), rootOf(leaves.slice(k))]
    : [...pathOf(m - k, leaves.slice(k)), rootOf(leaves.slice(0, k))];
};

/** PROOF(m, D[n]), section 2.1.2. */
export const proofOf = (m: number, leaves: readonly Uint8Array[]): Uint8Array[] => subproof(m, leaves, true);

const subproof = (m: number, leaves: readonly Uint8Array[], isWhole: boolean): Uint8Array[] => {
  if (m === leaves.length) return isWhole ? [] : [rootOf(leaves)];
  const k = split(leaves.length);
  return m <= k
    ? [...subproof(m, leaves.slice(0, k), isWhole), rootOf(leaves.slice(k))]
    : [...subproof(m - k, leaves.slice(k), false), rootOf(leaves.slice(0, k))];
};

/** The largest power of two below n. */
const split = (n: number): number => 2 ** Math.floor(Math.log2(n - 1));
