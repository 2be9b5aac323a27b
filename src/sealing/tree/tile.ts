import { nodeHash } from '../../verifier/merkle.ts';

/** How many hashes a full tile has, and how many levels of the tree it spans (C2SP tlog-tiles). */
export const TILE_WIDTH = 256;
export const TILE_HEIGHT = 8;

/**
 * A tile of the tree: its level of tiles and its index in that level, both from 0, and how many hashes it
 * has.
 */
export interface Tile {
  readonly level: number;
  readonly index: number;
  /** From 1 to 256. */
  readonly width: number;
}

/**
 * The object name of a tile, such as `tile/0/x001/x234/067` or `tile/1/000.p/17` (C2SP tlog-tiles, "Merkle
 * Tree").
 */
export const tileName = ({ level, ...place }: Tile): string => `tile/${level}/${placeName(place)}`;

/** The object name of the entries whose hashes are in the tile of level 0 with this index and width. */
export const entriesName = (place: Omit<Tile, 'level'>): string => `tile/entries/${placeName(place)}`;

const placeName = ({ index, width }: Omit<Tile, 'level'>): string => {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/\d{3}/g) ?? [];
  const path = groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join('/');
  return width === TILE_WIDTH ? path : `${path}.p/${width}`;
};

/**
 * How many hashes a level of tiles has in a tree of this size: one for each complete subtree of that height.
 */
export const nodesAt = (level: number, size: number): number => Math.floor(size / TILE_WIDTH ** level);

/** The width of a tile in a tree of this size; 0 when the tile does not exist. */
export const widthIn = (size: number, level: number, index: number): number =>
  Math.max(0, Math.min(TILE_WIDTH, nodesAt(level, size) - index * TILE_WIDTH));

/** The root over neighbouring hashes of one level. Their number must be a power of two. */
export const subtreeRoot = (hashes: readonly Uint8Array[]): Uint8Array => {
  let level = hashes;
  while (level.length > 1) {
    const next: Uint8Array[] = [];
    for (let i = 0; i < level.length; i += 2)
      next.push(nodeHash(level[i] as Uint8Array, level[i + 1] as Uint8Array));
    level = next;
  }
  return level[0] as Uint8Array;
};
