import { objectsUnder } from '../objects/objects-under.ts';
import { type Checkpoint, checkCheckpoint, type SignedCheckpoint } from '../verifier/checkpoint.ts';
import { type EventLeaf, eventLeaf, logLeaf } from '../verifier/leaf.ts';
import { isSameHash, leafHash } from '../verifier/merkle.ts';
import { NotProvenError } from '../verifier/not-proven-error.ts';
import type { VerifierKey } from '../verifier/verifier-key.ts';
import { demandNoLog, nameLog, newOrigin, type OriginDeps } from './log/begin-log.ts';
import { incarnationOf, type LogHead, moveHead, readHead, type SeenHead } from './log/log-head.ts';
import { type LogPlaces, publish, type TreeHead } from './log/publish.ts';
import { SealStoppedError } from './log/seal-errors.ts';
import { CHECKPOINT, type SealedLog, sealedLog } from './log/sealed-log.ts';
import { type Signer, signCheckpoint } from './log/signer.ts';
import { stage } from './log/staging.ts';
import { appendLeaves, rootOfEdge, type TreeEdge } from './tree/tree-edge.ts';

/** What a sealer depends on. */
export interface SealerDeps extends OriginDeps {
  readonly signer: Signer;
}

/** A log that is open for writing. Unfinished work of an earlier run is already done. */
export interface Sealer {
  readonly key: VerifierKey;
  readonly log: SealedLog;
  /** How many leaves the published log has; 0 before its first checkpoint. */
  readonly size: () => number;
  /**
   * Appends events to the log, in this order, and publishes a checkpoint. The steps are: stage, sign, move
   * the head, write tiles, publish. A crash in between leaves either nothing or work that the next run
   * finishes. Rejects with an `OtherSealerError` when another sealer has moved the head; then none of these
   * events was published.
   */
  seal(events: readonly EventLeaf[]): Promise<void>;
  /**
   * Signs the same tree again when the last checkpoint is old enough, to show that the sealer is alive. A log
   * without a checkpoint gets its first one. Returns whether a checkpoint was published.
   */
  heartbeat(): Promise<boolean>;
}

/** How old a checkpoint is when a heartbeat is due. Monitors of the log can alert after a few times that. */
const HEARTBEAT_SECONDS = 600;

/**
 * Opens the ledger's log, or begins its first one, and finishes what an earlier run left. Rejects with a
 * {@link SealStoppedError} when the head, its signature and the published log do not agree.
 */
export const openSealer = async (deps: SealerDeps): Promise<Sealer> => {
  const { coordination, signer, now } = deps;
  let at = (await readHead(coordination)) ?? (await beginFirst(deps));
  const { origin } = at.head;
  const key = { name: origin, publicKey: await signer.publicKey() };
  const places: LogPlaces = { coordination, objects: objectsUnder(deps.objects, incarnationOf(origin)) };
  const log = sealedLog(places.objects);
  let head = headOf(at.head, key);
  await finish(places, head, await log.checkpoint(), key);
  await nameLog(deps, at.head, key);

  const sign = async (checkpoint: Checkpoint): Promise<TreeHead> => {
    const seconds = Math.max(Math.floor(now().getTime() / 1000), head?.signedAt ?? 0);
    const note = await signCheckpoint(signer, checkpoint, seconds);
    return { ...checkpoint, note };
  };
  /**
   * Moves the head before publishing: a signed checkpoint that lost the race is harmless, a published one
   * would be a fork.
   */
  const move = async (next: TreeHead): Promise<void> => {
    at = await moveHead(coordination, { ...at.head, size: next.size, checkpoint: next.note }, at.seen);
    await publish(places, next);
    head = headOf(at.head, key);
  };

  const seal = async (events: readonly EventLeaf[]): Promise<void> => {
    const from = at.head.size;
    const entries = [...(from === 0 ? [logLeaf(at.head)] : []), ...events.map(eventLeaf)];
    const { edge } = appendLeaves(await edgeOf(log, head), entries.map(leafHash));
    const checkpoint = { origin, size: edge.size, root: rootOfEdge(edge) };
    await stage(places.objects, checkpoint, { from, entries });
    await move(await sign(checkpoint));
  };

  const heartbeat = async (): Promise<boolean> => {
    if (head && now().getTime() / 1000 - (head.signedAt ?? 0) < HEARTBEAT_SECONDS) return false;
    if (head) await move(await sign({ origin, size: head.size, root: head.root }));
    else await seal([]);
    return true;
  };

  return { key, log, size: () => at.head.size, seal, heartbeat };
};

/**
 * Reads the edge from the log's objects. It must have the root of the head, or a flipped bit would be signed
 * into all later trees.
 */
const edgeOf = async (log: SealedLog, head: TreeHead | undefined): Promise<TreeEdge> => {
  const edge = await log.edge(head?.size ?? 0);
  if (head && !isSameHash(rootOfEdge(edge), head.root)) {
    throw new SealStoppedError(
      `The tiles of the log ${head.origin} do not have the root of its head of ${head.size} leaves. Restore them from their store.`,
    );
  }
  return edge;
};

const beginFirst = async (deps: SealerDeps): Promise<SeenHead> => {
  await demandNoLog(deps);
  return moveHead(deps.coordination, newOrigin(deps, ''), undefined);
};

/**
 * The head's checkpoint; undefined before the first one. Throws a {@link SealStoppedError} unless the log's
 * key signed it and it has the head's origin and size.
 */
const headOf = (
  { size, checkpoint, origin }: LogHead,
  key: VerifierKey,
): (TreeHead & SignedCheckpoint) | undefined => {
  if (size === 0) return undefined;
  const signed = checked(checkpoint, key, 'the head in the state table');
  if (signed.size !== size || signed.origin !== origin)
    throw new SealStoppedError(
      `The head of the log ${origin} in the state table is not that of its checkpoint. Restore the state table, or begin a new log.`,
    );
  return { ...signed, note: checkpoint };
};

const checked = (note: string, key: VerifierKey, what: string): SignedCheckpoint => {
  try {
    return checkCheckpoint(note, [key]);
  } catch (error) {
    if (!(error instanceof NotProvenError)) throw error;
    throw new SealStoppedError(
      `${what} is not a checkpoint by the key of ${key.name} (${error.message}). Begin a new log if the key was changed.`,
      { cause: error },
    );
  }
};

/**
 * Compares what is published with the head, and publishes the head if it is ahead. Throws a
 * {@link SealStoppedError} when the two cannot belong to one history.
 */
const finish = async (
  places: LogPlaces,
  head: TreeHead | undefined,
  published: string | undefined,
  key: VerifierKey,
): Promise<void> => {
  if (published === undefined) {
    if (head) await publish(places, head);
    return;
  }
  const there = checked(published, key, `the published object ${CHECKPOINT}`);
  if (there.size > (head?.size ?? 0)) {
    throw new SealStoppedError(
      `The published checkpoint of ${key.name} has ${there.size} leaves, and the head in the state table ${head?.size ?? 0}: the state table was set back or replaced. Begin a new log.`,
    );
  }
  if (!head) return;
  if (there.size === head.size && !isSameHash(there.root, head.root)) {
    throw new SealStoppedError(
      `The published checkpoint of ${key.name} and the head in the state table have ${head.size} leaves each and differ: somebody has forked the log. Find out who can sign with its key.`,
    );
  }
  if (published !== head.note) await publish(places, head);
};
