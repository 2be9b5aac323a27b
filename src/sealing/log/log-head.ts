import * as v from 'valibot';
import type { CoordinationStore, StoredMemo } from '../../coordination/coordination-store.ts';
import { OtherSealerError, SealStoppedError } from './seal-errors.ts';

/** How far a log has come. Who may move it on is decided here and nowhere else, by compare-and-swap. */
const HeadSchema = v.object({
  /** The log's name: a prefix, a slash, and an id of its own for each log of the ledger. */
  origin: v.string(),
  openedAt: v.string(),
  /** The last published checkpoint of the log before it; empty when there was none. */
  predecessor: v.string(),
  /** How many leaves the log has; 0 until its first checkpoint. */
  size: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  /** The last checkpoint, a signed note; empty until the first one. */
  checkpoint: v.string(),
});
export type LogHead = Readonly<v.InferOutput<typeof HeadSchema>>;

/** A head as it was read, so that it can be moved on. */
export interface SeenHead {
  readonly head: LogHead;
  readonly seen: Pick<StoredMemo, 'version'>;
}

const KEY = 'seal/head';

/** The head of the ledger's log; undefined before the first one. Throws a {@link SealStoppedError} for what it cannot read. */
export const readHead = async (coordination: CoordinationStore): Promise<SeenHead | undefined> => {
  const [memo] = await coordination.get([KEY]);
  if (!memo) return undefined;
  const parsed = v.safeParse(HeadSchema, memo.value);
  if (parsed.success) return { head: parsed.output, seen: memo };
  throw new SealStoppedError(
    `the head of the log in the state table is not what this version writes: ${parsed.issues[0].message}`,
  );
};

/** Moves the head on from what was seen. Throws an {@link OtherSealerError} when somebody else has done so. */
export const moveHead = async (
  coordination: CoordinationStore,
  head: LogHead,
  seen: SeenHead['seen'] | undefined,
): Promise<SeenHead> => {
  if (!(await coordination.swap({ key: KEY, value: head }, seen))) throw new OtherSealerError();
  return { head, seen: { version: (seen?.version ?? 0) + 1 } };
};

/** The id of one log among those of a ledger: what stands behind the last slash of its origin. */
export const incarnationOf = (origin: string): string => origin.slice(origin.lastIndexOf('/') + 1);
