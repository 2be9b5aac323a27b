import { isSameHash, nodeHash } from './merkle.ts';
import { NotProvenError } from './not-proven-error.ts';

/** The claim that a leaf is at a place of a tree. */
export interface Inclusion {
  /** The leaf's place, from 0. */
  readonly index: number;
  /** How many leaves the tree has. */
  readonly size: number;
  /** The hash of the leaf. */
  readonly leaf: Uint8Array;
  /** The siblings on the path from the leaf to the root. */
  readonly proof: readonly Uint8Array[];
  readonly root: Uint8Array;
}

/**
 * Checks an inclusion proof as in RFC 9162, section 2.1.3.2, with proofs as in RFC 6962, section 2.1.1.
 * Throws a {@link NotProvenError} when the proof does not lead to the root.
 */
export const checkInclusion = (inclusion: Inclusion): void => {
  const problem = problemOf(inclusion);
  if (problem) {
    const { index, size } = inclusion;
    throw new NotProvenError(
      'not-included',
      `leaf ${index} is not in the tree of ${size} leaves: ${problem}`,
    );
  }
};

const problemOf = ({ index, size, leaf, proof, root }: Inclusion): string | undefined => {
  if (index >= size) return 'the tree has fewer leaves';
  let [at, last] = [index, size - 1];
  let hash = leaf;
  for (const sibling of proof) {
    if (last === 0) return TOO_MANY;
    if (isOdd(at) || at === last) {
      hash = nodeHash(sibling, hash);
      // The right edge has no sibling on these levels.
      for (; at !== 0 && !isOdd(at); at = half(at)) last = half(last);
    } else hash = nodeHash(hash, sibling);
    [at, last] = [half(at), half(last)];
  }
  if (last !== 0) return TOO_FEW;
  return isSameHash(hash, root) ? undefined : 'the proof leads to another root';
};

/** What is wrong with the length of a proof. */
export const TOO_MANY = 'the proof has too many hashes';
export const TOO_FEW = 'the proof has too few hashes';

/**
 * The lowest bit of a number, and the number without it. Bit operations in JavaScript are limited to 32 bits,
 * and the size of a log is not.
 */
export const isOdd = (n: number): boolean => n % 2 === 1;
export const half = (n: number): number => Math.floor(n / 2);
