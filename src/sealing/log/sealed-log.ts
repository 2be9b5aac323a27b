import type { ReadOnlyObjectStore } from '../../objects/object-store.ts';
import { HASH_BYTES } from '../../verifier/merkle.ts';
import { entriesIn } from '../tree/entry-bundle.ts';
import { entriesName, nodesAt, TILE_WIDTH, type Tile, tileName, widthIn } from '../tree/tile.ts';
import type { TreeEdge } from '../tree/tree-edge.ts';
import { LogDamagedError } from './seal-errors.ts';

/** The object that holds the last published checkpoint, a signed note. */
export const CHECKPOINT = 'checkpoint';

/** The object that keeps the first checkpoint published for a size. */
export const checkpointName = (size: number): string => `${CHECKPOINTS}${size}`;

const CHECKPOINTS = 'checkpoints/';

/**
 * Reads a log in the layout of C2SP tlog-tiles. It checks nothing against a checkpoint. Rejects with a
 * {@link LogDamagedError} when an object that a tree of the given size must have is missing or has the wrong
 * length.
 */
export interface SealedLog {
  /**
   * A published checkpoint, as a note: the last one, or that of a tree of this size; undefined when there is
   * none.
   */
  checkpoint(size?: number): Promise<string | undefined>;
  /** The names of the objects that keep a checkpoint for each size. */
  checkpoints(): AsyncIterable<string>;
  /** The hashes of a tile, as it is in a tree of this size. */
  hashes(level: number, index: number, size: number): Promise<readonly Uint8Array[]>;
  /** The entries of a tile of level 0, as it is in a tree of this size. */
  entries(index: number, size: number): Promise<readonly Buffer[]>;
  /** The right edge of a tree of this size. */
  edge(size: number): Promise<TreeEdge>;
}

/** How many tiles are cached. One has 8 KB. */
const TILES_AT_HAND = 256;

/** Reads the log that these objects hold. */
export const sealedLog = (objects: ReadOnlyObjectStore): SealedLog => {
  const atHand = new Map<string, readonly Uint8Array[]>();

  const demand = async (name: string): Promise<Uint8Array> => {
    const bytes = await objects.get(name);
    if (!bytes) throw new LogDamagedError(`the object ${name} of the log is missing`);
    return bytes;
  };

  const readTile = async (tile: Tile): Promise<readonly Uint8Array[]> => {
    const name = tileName(tile);
    const known = atHand.get(name);
    if (known) return known;
    const bytes = await demand(name);
    if (bytes.length !== tile.width * HASH_BYTES)
      throw new LogDamagedError(`the object ${name} of the log has ${bytes.length} bytes`);
    const hashes = Array.from({ length: tile.width }, (_, i) =>
      bytes.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES),
    );
    const [oldest] = atHand.keys();
    if (oldest !== undefined && atHand.size >= TILES_AT_HAND) atHand.delete(oldest);
    atHand.set(name, hashes);
    return hashes;
  };

  return {
    async checkpoint(size) {
      const bytes = await objects.get(size === undefined ? CHECKPOINT : checkpointName(size));
      return bytes && Buffer.from(bytes).toString('utf8');
    },

    checkpoints: () => objects.list(CHECKPOINTS),

    async hashes(level, index, size) {
      const width = widthIn(size, level, index);
      return width === 0 ? [] : readTile({ level, index, width });
    },

    async entries(index, size) {
      const name = entriesName({ index, width: widthIn(size, 0, index) });
      const entries = entriesIn(await demand(name), name);
      if (entries.length !== widthIn(size, 0, index))
        throw new LogDamagedError(`the object ${name} of the log has ${entries.length} entries`);
      return entries;
    },

    async edge(size) {
      const levels: (readonly Uint8Array[])[] = [];
      for (let level = 0; nodesAt(level, size) > 0; level++) {
        const index = Math.floor(nodesAt(level, size) / TILE_WIDTH);
        levels.push(await this.hashes(level, index, size));
      }
      return { size, levels };
    },
  };
};
