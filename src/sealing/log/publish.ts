import type { CoordinationStore } from '../../coordination/coordination-store.ts';
import type { ObjectStore } from '../../objects/object-store.ts';
import type { Checkpoint } from '../../verifier/checkpoint.ts';
import { parseLeaf } from '../../verifier/leaf.ts';
import { isSameHash, leafHash } from '../../verifier/merkle.ts';
import { parseNote } from '../../verifier/signed-note.ts';
import { entryBundle } from '../tree/entry-bundle.ts';
import { entriesName, TILE_WIDTH, tileName, widthIn } from '../tree/tile.ts';
import { appendLeaves, rootOfEdge } from '../tree/tree-edge.ts';
import { SealStoppedError } from './seal-errors.ts';
import { noteSealed, type PlacedLeaf } from './sealed-heads.ts';
import { CHECKPOINT, checkpointName, sealedLog } from './sealed-log.ts';
import { readStaged, removeStaged, type Staged } from './staging.ts';

/** A checkpoint that the log's head was moved to, with its signed note. */
export interface TreeHead extends Checkpoint {
  readonly note: string;
}

/** Where a log is stored. */
export interface LogPlaces {
  /** The objects of this log only. */
  readonly objects: ObjectStore;
  readonly coordination: CoordinationStore;
}

/**
 * Finishes what follows a move of the head, in this order: writes the tiles and entries of its tree, notes
 * how far the streams are sealed, and publishes the checkpoint. Repeating it, from any point and by several
 * sealers at once, changes nothing. Throws a {@link SealStoppedError} rather than publish anything that is
 * not the tree of the head.
 */
export const publish = async ({ objects, coordination }: LogPlaces, head: TreeHead): Promise<void> => {
  const staged = await readStaged(objects, head);
  if (staged) await writeTree(objects, head, staged);
  else await demandTree(objects, head);
  if (staged) await noteSealed(coordination, head.origin, placed(staged));

  const bytes = Buffer.from(head.note);
  if (!(await objects.create(checkpointName(head.size), bytes))) await demandSameTree(objects, head);
  await objects.put(CHECKPOINT, bytes);
  await removeStaged(objects, head.size);
};

const writeTree = async (objects: ObjectStore, head: TreeHead, { from, entries }: Staged): Promise<void> => {
  const log = sealedLog(objects);
  const { edge, tiles } = appendLeaves(await log.edge(from), entries.map(leafHash));
  if (edge.size !== head.size || !isSameHash(rootOfEdge(edge), head.root))
    throw notItsTree(head, 'staged entries');
  for (const tile of tiles) await createSame(objects, tileName(tile), Buffer.concat(tile.hashes));

  const first = Math.floor(from / TILE_WIDTH);
  const begun = widthIn(from, 0, first) > 0 ? await log.entries(first, from) : [];
  const all = [...begun, ...entries];
  for (let i = 0; i * TILE_WIDTH < all.length; i++) {
    const bundle = all.slice(i * TILE_WIDTH, (i + 1) * TILE_WIDTH);
    await createSame(objects, entriesName({ index: first + i, width: bundle.length }), entryBundle(bundle));
  }
};

/**
 * If nothing is staged, the head has the tree of an earlier run, or another sealer has finished. Then the
 * tree exists.
 */
const demandTree = async (objects: ObjectStore, head: TreeHead): Promise<void> => {
  const edge = await sealedLog(objects).edge(head.size);
  if (!isSameHash(rootOfEdge(edge), head.root)) throw notItsTree(head, 'tiles');
};

/** A size has only one tree; its checkpoints may differ in the time of their signature. */
const demandSameTree = async (objects: ObjectStore, head: TreeHead): Promise<void> => {
  const there = Buffer.from((await objects.get(checkpointName(head.size))) ?? []).toString('utf8');
  if (parseNote(there).text !== parseNote(head.note).text)
    throw notItsTree(head, 'published checkpoint of this size');
};

/**
 * Creates an object that never changes. One that exists with the same bytes was written before; other bytes
 * are forged or damaged.
 */
const createSame = async (objects: ObjectStore, name: string, bytes: Uint8Array): Promise<void> => {
  if (await objects.create(name, bytes)) return;
  const there = await objects.get(name);
  if (there && isSameHash(there, bytes)) return;
  throw new SealStoppedError(
    `The object ${name} of the log has other bytes than the sealer wrote. Restore it from its store.`,
  );
};

const notItsTree = ({ origin, size }: TreeHead, what: string): SealStoppedError =>
  new SealStoppedError(
    `The ${what} of the log ${origin} do not belong to its head of ${size} leaves. Find out who wrote there, and begin a new log.`,
  );

/** The events among staged entries, with their places in the log. */
const placed = ({ from, entries }: Staged): PlacedLeaf[] =>
  entries.flatMap((entry, i) => {
    const leaf = parseLeaf(entry);
    return 'stream' in leaf ? [{ ...leaf, index: from + i }] : [];
  });
