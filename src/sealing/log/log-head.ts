import * as v from 'valibot';
import type { CoordinationStore, StoredMemo } from '../../coordination/coordination-store.ts';
import { OtherSealerError, SealStoppedError } from './seal-errors.ts';

/** How far a log has come. Compare-and-swap on this head alone decides which sealer may extend the log. */
const HeadSchema = v.object({
  /** The log's name: a prefix, a slash, and an id that is unique among the logs of the ledger. */
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

/** A head with the version that was read, which {@link moveHead} needs. */
export interface SeenHead {
  readonly head: LogHead;
  readonly seen: Pick<StoredMemo, 'version'>;
}

const KEY = 'seal/head';

/**
 * The head of the ledger's log; undefined before the first log. Throws a {@link SealStoppedError} when it
 * cannot be read.
 */
export const readHead = async (coordination: CoordinationStore): Promise<SeenHead | undefined> => {
  const [memo] = await coordination.get([KEY]);
  if (!memo) return undefined;
  const parsed = v.safeParse(HeadSchema, memo.value);
  if (parsed.success) return { head: parsed.output, seen: memo };
  throw new SealStoppedError(
    `The head of the log in the state table is not what this version writes (${parsed.issues[0].message}). Use the version that wrote it, or begin a new log.`,
  );
};

/**
 * Replaces the head that was read. Throws an {@link OtherSealerError} when another sealer has replaced it
 * first.
 */
export const moveHead = async (
  coordination: CoordinationStore,
  head: LogHead,
  seen: SeenHead['seen'] | undefined,
): Promise<SeenHead> => {
  if (!(await coordination.swap({ key: KEY, value: head }, seen))) throw new OtherSealerError();
  return { head, seen: { version: (seen?.version ?? 0) + 1 } };
};

/** The id of a log among those of its ledger: the part of its origin after the last slash. */
export const incarnationOf = (origin: string): string => origin.slice(origin.lastIndexOf('/') + 1);
