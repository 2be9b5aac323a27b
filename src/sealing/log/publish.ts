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

/** A checkpoint to which the log's head was moved, with its note. */
export interface TreeHead extends Checkpoint {
  readonly note: string;
}

/** Where a log is kept. */
export interface LogPlaces {
  /** The objects of this one log. */
  readonly objects: ObjectStore;
  readonly coordination: CoordinationStore;
}

/**
 * Does all that follows once the head was moved: writes the tiles and entries of its tree, notes how far the streams are
 * sealed, and publishes the checkpoint, in this order. To do it again, from any point on and by several at once,
 * changes nothing. Throws a {@link SealStoppedError} before it publishes anything that is not the tree of the head.
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

/** Nothing was staged, or another sealer has finished: then the tree is there. */
const demandTree = async (objects: ObjectStore, head: TreeHead): Promise<void> => {
  const edge = await sealedLog(objects).edge(head.size);
  if (!isSameHash(rootOfEdge(edge), head.root)) throw notItsTree(head, 'tiles');
};

/** One size has one tree; its checkpoints may differ in the time of their signature. */
const demandSameTree = async (objects: ObjectStore, head: TreeHead): Promise<void> => {
  const there = Buffer.from((await objects.get(checkpointName(head.size))) ?? []).toString('utf8');
  if (parseNote(there).text !== parseNote(head.note).text)
    throw notItsTree(head, 'published checkpoint of this size');
};

/** Tiles never change: who finds one that is there has written it before, or somebody has forged it. */
const createSame = async (objects: ObjectStore, name: string, bytes: Uint8Array): Promise<void> => {
  if (await objects.create(name, bytes)) return;
  const there = await objects.get(name);
  if (there && isSameHash(there, bytes)) return;
  throw new SealStoppedError(
    `the object ${name} of the log is there with other bytes: restore it from its store`,
  );
};

const notItsTree = ({ origin, size }: TreeHead, what: string): SealStoppedError =>
  new SealStoppedError(
    `the ${what} of the log ${origin} do not belong to its head of ${size} leaves: find out who wrote there, and begin a new log`,
  );

/** The events among staged entries, with their places. */
const placed = ({ from, entries }: Staged): PlacedLeaf[] =>
  entries.flatMap((entry, i) => {
    const leaf = parseLeaf(entry);
    return 'stream' in leaf ? [{ ...leaf, index: from + i }] : [];
  });
