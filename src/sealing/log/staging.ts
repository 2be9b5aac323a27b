import * as v from 'valibot';
import type { ObjectStore } from '../../objects/object-store.ts';
import type { Checkpoint } from '../../verifier/checkpoint.ts';
import { SealStoppedError } from './seal-errors.ts';

/**
 * Entries to be added to a log. They are stored before the head is moved, so that after a crash the next run
 * can finish.
 */
export interface Staged {
  /** How many leaves the log has before them. */
  readonly from: number;
  readonly entries: readonly Uint8Array[];
}

const FOLDER = 'staging/';

const StagedSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ from: v.number(), entries: v.array(v.string()) }),
);

/** Different contents may be tried for one size, so the root is part of the name. */
const nameOf = ({ size, root }: Tree): string => `${FOLDER}${size}-${Buffer.from(root).toString('hex')}`;

type Tree = Pick<Checkpoint, 'size' | 'root'>;

/** Stages the entries that make the tree of this size and root. */
export const stage = async (objects: ObjectStore, tree: Tree, { from, entries }: Staged): Promise<void> => {
  const written = { from, entries: entries.map((entry) => Buffer.from(entry).toString('base64')) };
  // An object of this name already has the same content, since the root is computed from it.
  await objects.create(nameOf(tree), Buffer.from(JSON.stringify(written)));
};

/**
 * What was staged for a tree; undefined when it does not exist or was removed. Throws a
 * {@link SealStoppedError} when it cannot be read.
 */
export const readStaged = async (objects: ObjectStore, tree: Tree): Promise<Staged | undefined> => {
  const bytes = await objects.get(nameOf(tree));
  if (!bytes) return undefined;
  const parsed = v.safeParse(StagedSchema, Buffer.from(bytes).toString('utf8'));
  if (!parsed.success)
    throw new SealStoppedError(
      `The object ${nameOf(tree)} is not what the sealer wrote. Restore it from its store.`,
    );
  const { from, entries } = parsed.output;
  return { from, entries: entries.map((entry) => Buffer.from(entry, 'base64')) };
};

/**
 * Removes what was staged for trees up to this size. It is not needed once the checkpoint of this size is
 * published.
 */
export const removeStaged = async (objects: ObjectStore, size: number): Promise<void> => {
  for await (const name of objects.list(FOLDER))
    if (Number.parseInt(name.slice(FOLDER.length), 10) <= size) await objects.remove(name);
};
