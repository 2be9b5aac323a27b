import { rootOfPeaks } from '../../verifier/merkle.ts';
import { subtreeRoot, TILE_WIDTH, type Tile } from './tile.ts';

/**
 * The right edge of a tree, which is all that is needed to add leaves: its size, and for each level of tiles
 * the hashes of the last tile while it is not full.
 */
export interface TreeEdge {
  readonly size: number;
  readonly levels: readonly (readonly Uint8Array[])[];
}

/** The edge of an empty tree. */
export const EMPTY_EDGE: TreeEdge = { size: 0, levels: [] };

/** A tile with its hashes. */
export interface FilledTile extends Tile {
  readonly hashes: readonly Uint8Array[];
}

/** The root of the tree. */
export const rootOfEdge = ({ levels }: TreeEdge): Uint8Array =>
  rootOfPeaks(levels.toReversed().flatMap(peaksOf));

/** The roots of the complete subtrees over a tile's hashes, the largest first. */
const peaksOf = (hashes: readonly Uint8Array[]): Uint8Array[] => {
  const peaks: Uint8Array[] = [];
  let at = 0;
  for (let count = TILE_WIDTH / 2; count >= 1; count /= 2) {
    if (hashes.length - at < count) continue;
    peaks.push(subtreeRoot(hashes.slice(at, at + count)));
    at += count;
  }
  return peaks;
};

/**
 * Appends leaves, given by their hashes, to a tree. Returns the new edge and the tiles that the smaller tree
 * did not have: full ones, and the last one of each level that grew.
 */
export const appendLeaves = (
  edge: TreeEdge,
  leaves: readonly Uint8Array[],
): { readonly edge: TreeEdge; readonly tiles: readonly FilledTile[] } => {
  const levels = edge.levels.map((hashes) => [...hashes]);
  const grown = new Set<number>();
  const tiles: FilledTile[] = [];
  let size = edge.size;

  const push = (level: number, hash: Uint8Array): void => {
    levels[level] ??= [];
    const hashes = levels[level];
    hashes.push(hash);
    grown.add(level);
    if (hashes.length < TILE_WIDTH) return;
    tiles.push({ level, index: tileIndex(level, size), width: TILE_WIDTH, hashes });
    levels[level] = [];
    grown.delete(level);
    push(level + 1, subtreeRoot(hashes));
  };

  for (const leaf of leaves) {
    push(0, leaf);
    size += 1;
  }
  for (const level of grown) {
    const hashes = levels[level] ?? [];
    tiles.push({ level, index: tileIndex(level, size - 1), width: hashes.length, hashes });
  }
  return { edge: { size, levels }, tiles };
};

/** The index of the tile, on a level, that covers a leaf. */
const tileIndex = (level: number, leaf: number): number => Math.floor(leaf / TILE_WIDTH ** (level + 1));
