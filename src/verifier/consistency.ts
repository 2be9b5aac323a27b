import { half, isOdd, TOO_FEW, TOO_MANY } from './inclusion.ts';
import { isSameHash, nodeHash } from './merkle.ts';
import { NotProvenError } from './not-proven-error.ts';

/** A tree: how many leaves it has, and its root. */
export interface Tree {
  readonly size: number;
  readonly root: Uint8Array;
}

/**
 * Checks that the earlier tree is the beginning of the later one, as in RFC 9162, section 2.1.4.2, with
 * proofs as in RFC 6962, section 2.1.2. Throws a {@link NotProvenError} when the proof does not lead to both
 * roots.
 */
export const checkConsistency = (earlier: Tree, later: Tree, proof: readonly Uint8Array[]): void => {
  const problem = problemOf(earlier, later, proof);
  if (problem) {
    throw new NotProvenError(
      'not-consistent',
      `the tree of ${later.size} leaves does not extend the one of ${earlier.size}: ${problem}`,
    );
  }
};

// biome-ignore lint/complexity/noExcessiveCognitiveComplexity: It follows the steps of RFC 9162, section 2.1.4.2, one by one, so that it can be compared with them.
const problemOf = (earlier: Tree, later: Tree, proof: readonly Uint8Array[]): string | undefined => {
  if (earlier.size === 0) return 'every tree extends the empty one, so there is nothing to prove';
  if (earlier.size > later.size) return 'it has fewer leaves';
  if (earlier.size === later.size) {
    if (proof.length > 0) return TOO_MANY;
    return isSameHash(earlier.root, later.root) ? undefined : 'their roots differ';
  }

  let [at, last] = [earlier.size - 1, later.size - 1];
  for (; isOdd(at); at = half(at)) last = half(last);
  // A complete tree is itself a node of the later one, so the proof omits its root.
  const [first, ...others] = at === 0 ? [earlier.root, ...proof] : proof;
  if (!first) return TOO_FEW;
  let [before, after] = [first, first];
  for (const sibling of others) {
    if (last === 0) return TOO_MANY;
    if (isOdd(at) || at === last) {
      before = nodeHash(sibling, before);
      after = nodeHash(sibling, after);
      for (; at !== 0 && !isOdd(at); at = half(at)) last = half(last);
    } else after = nodeHash(after, sibling);
    [at, last] = [half(at), half(last)];
  }
  if (last !== 0) return TOO_FEW;
  if (!isSameHash(before, earlier.root)) return 'the proof leads to another root of the earlier tree';
  return isSameHash(after, later.root) ? undefined : 'the proof leads to another root of the later tree';
};
