import type { SignedCheckpoint } from '../../verifier/checkpoint.ts';
import { type EventLeaf, parseLeaf } from '../../verifier/leaf.ts';
import { isSameHash, leafHash } from '../../verifier/merkle.ts';
import { LogDamagedError } from '../log/seal-errors.ts';
import type { PlacedLeaf } from '../log/sealed-heads.ts';
import type { SealedLog } from '../log/sealed-log.ts';
import { nodesAt, TILE_WIDTH } from '../tree/tile.ts';
import { appendLeaves, EMPTY_EDGE, rootOfEdge, type TreeEdge } from '../tree/tree-edge.ts';

/** The last sealed event of a stream. */
export interface LastSealed extends Pick<PlacedLeaf, 'seq' | 'hash' | 'index'> {
  /** The last event that a ledger must have for its completeness, 0 for none. */
  readonly needed: number;
}

/** What is told while a log is read. */
export interface LogReading {
  /** Is told after each tile how many entries were read, and the size of the log. */
  readonly onRead?: ((entries: number, size: number) => void) | undefined;
  /** Is told the hashes of the leaves of each tile, and the tree before them. */
  readonly onTile?: (before: TreeEdge, hashes: readonly Uint8Array[]) => void;
}

/**
 * Yields every event of a log, in order, after checking its entry against the hash in its tile. A complete
 * read shows that the log has the root of the checkpoint, the tiles of all levels that a reader needs, and that its
 * first leaf names the log. Rejects with
 * a {@link LogDamagedError} otherwise. Memory holds one tile at a time.
 */
export async function* sealedEvents(
  log: SealedLog,
  { origin, size, root }: SignedCheckpoint,
  { onRead, onTile }: LogReading = {},
): AsyncGenerator<PlacedLeaf> {
  let edge = EMPTY_EDGE;
  for (let tile = 0; tile * TILE_WIDTH < size; tile++) {
    const entries = await log.entries(tile, size);
    const hashes = entries.map(leafHash);
    const kept = await log.hashes(0, tile, size);
    const wrong = hashes.findIndex((hash, i) => !isSameHash(hash, kept[i] ?? new Uint8Array()));
    if (wrong >= 0)
      throw new LogDamagedError(
        `the entry at ${tile * TILE_WIDTH + wrong} of the log is not that of its hash`,
      );
    onTile?.(edge, hashes);
    const grown = appendLeaves(edge, hashes);
    for (const { level, index, width, hashes: expected } of grown.tiles) {
      // A tile that is not full belongs to a smaller tree, except at the right edge, which is compared at the end.
      if (level > 0 && width === TILE_WIDTH) await demandTile(log, level, index, size, expected);
    }
    edge = grown.edge;
    onRead?.(Math.min(size, (tile + 1) * TILE_WIDTH), size);
    for (const [i, entry] of entries.entries()) {
      const index = tile * TILE_WIDTH + i;
      const leaf = leafAt(entry, index, origin);
      if (leaf) yield { ...leaf, index };
    }
  }
  await demandEdge(log, edge);
  if (!isSameHash(rootOfEdge(edge), root))
    throw new LogDamagedError(`the ${size} entries of the log have another root than its checkpoint`);
}

const leafAt = (entry: Uint8Array, index: number, origin: string): EventLeaf | undefined => {
  const leaf = parseLeaf(entry);
  const isRight = 'stream' in leaf ? index > 0 : index === 0 && leaf.origin === origin;
  if (!isRight) throw new LogDamagedError(`the entry at ${index} of the log is not what must stand there`);
  return 'stream' in leaf ? leaf : undefined;
};

/** The last tile of each level, while it is not full. */
const demandEdge = async (log: SealedLog, { size, levels }: TreeEdge): Promise<void> => {
  for (const [level, hashes] of levels.entries()) {
    const index = Math.floor(nodesAt(level, size) / TILE_WIDTH);
    if (level > 0 && hashes.length > 0) await demandTile(log, level, index, size, hashes);
  }
};

const demandTile = async (
  log: SealedLog,
  level: number,
  index: number,
  size: number,
  expected: readonly Uint8Array[],
): Promise<void> => {
  const kept = await log.hashes(level, index, size);
  if (!expected.every((hash, i) => isSameHash(hash, kept[i] ?? new Uint8Array())))
    throw new LogDamagedError(
      `the tile ${index} of level ${level} of the log is not that of the tiles below it`,
    );
};

/**
 * The last sealed event of each stream, after checking that no stream has a gap. Events with a place below
 * `below` are needed. Rejects with a
 * {@link LogDamagedError} if one has, and as {@link sealedEvents} does. Memory holds one line per stream.
 */
export const lastSealed = async (
  log: SealedLog,
  checkpoint: SignedCheckpoint,
  below: number,
  reading: LogReading,
): Promise<Map<string, LastSealed>> => {
  const last = new Map<string, LastSealed>();
  for await (const { stream, seq, hash, index } of sealedEvents(log, checkpoint, reading)) {
    const before = last.get(stream) ?? { seq: 0, needed: 0 };
    if (seq !== before.seq + 1)
      throw new LogDamagedError(
        `the entry at ${index} of the log is event ${seq} of ${stream}, expected ${before.seq + 1}`,
      );
    last.set(stream, { seq, hash, index, needed: index < below ? seq : before.needed });
  }
  return last;
};
