import { nodeHash } from '../../verifier/merkle.ts';
import type { SealedLog } from '../log/sealed-log.ts';
import { subtreeRoot, TILE_HEIGHT, TILE_WIDTH } from './tile.ts';

type Tiles = Pick<SealedLog, 'hashes'>;

/**
 * The proof that the leaf at `index` is in the tree of this size (RFC 6962, section 2.1.1), from the tiles of
 * a log.
 */
export const inclusionProof = async (log: Tiles, index: number, size: number): Promise<Uint8Array[]> => {
  const proof: Uint8Array[] = [];
  let [from, to] = [0, size];
  while (to - from > 1) {
    const middle = from + split(to - from);
    const isLeft = index < middle;
    proof.push(await rangeRoot(log, isLeft ? [middle, to] : [from, middle], size));
    if (isLeft) to = middle;
    else from = middle;
  }
  return proof.reverse();
};

/**
 * The proof that the tree of this size extends the tree of the first `first` leaves, at least 1 (RFC 6962,
 * section 2.1.2).
 */
export const consistencyProof = async (log: Tiles, first: number, size: number): Promise<Uint8Array[]> => {
  const proof: Uint8Array[] = [];
  let [from, to] = [0, size];
  while (to !== first) {
    const middle = from + split(to - from);
    const isLeft = first <= middle;
    proof.push(await rangeRoot(log, isLeft ? [middle, to] : [from, middle], size));
    if (isLeft) to = middle;
    else from = middle;
  }
  // A verifier knows the root of the earlier tree, but not that of its last part.
  if (from > 0) proof.push(await rangeRoot(log, [from, to], size));
  return proof.reverse();
};

/**
 * The root over a range of leaves that these proofs use: a complete subtree, or one at the right edge of the
 * tree.
 */
const rangeRoot = async (
  log: Tiles,
  [from, to]: readonly [number, number],
  size: number,
): Promise<Uint8Array> => {
  const count = to - from;
  const half = split(count);
  if (count === 1 || half * 2 === count) return completeRoot(log, from, Math.log2(count), size);
  const left = await rangeRoot(log, [from, from + half], size);
  return nodeHash(left, await rangeRoot(log, [from + half, to], size));
};

/** The root over 2^height leaves. */
const completeRoot = async (log: Tiles, from: number, height: number, size: number): Promise<Uint8Array> => {
  const level = Math.floor(height / TILE_HEIGHT);
  const start = from / TILE_WIDTH ** level;
  const hashes = await log.hashes(level, Math.floor(start / TILE_WIDTH), size);
  const offset = start % TILE_WIDTH;
  return subtreeRoot(hashes.slice(offset, offset + 2 ** (height % TILE_HEIGHT)));
};

/** The largest power of two below n, or 1. */
const split = (n: number): number => (n <= 2 ? 1 : 2 ** Math.floor(Math.log2(n - 1)));
