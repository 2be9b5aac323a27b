import pMap from 'p-map';
import { type Checkpoint, checkCheckpoint, type SignedCheckpoint } from '../../verifier/checkpoint.ts';
import { isSameHash } from '../../verifier/merkle.ts';
import { NotProvenError } from '../../verifier/not-proven-error.ts';
import { fromDecimal } from '../../verifier/strict-text.ts';
import type { VerifierKey } from '../../verifier/verifier-key.ts';
import { checkpointName, type SealedLog } from '../log/sealed-log.ts';
import { appendLeaves, rootOfEdge, type TreeEdge } from '../tree/tree-edge.ts';
import { damaged, ofLog, type SealedFinding } from './sealed-finding.ts';

/** How many checkpoints are read at once. A bucket answers each after some milliseconds. */
const AT_ONCE = 32;

/** The published checkpoints of a log, and what is wrong with them. */
export interface PublishedCheckpoints {
  /** By size, the smallest first. */
  readonly checkpoints: readonly Checkpoint[];
  readonly findings: readonly SealedFinding[];
}

/**
 * Reads every checkpoint that a log kept, one for each size that was published. Each must be signed by one of the keys and
 * be that of its name, and none may be newer than `newest`: somebody would have put an older checkpoint in its place.
 * Whether they belong to the tree is checked by {@link watchTrees}.
 */
export const publishedCheckpoints = async (
  log: SealedLog,
  newest: SignedCheckpoint,
  keys: readonly VerifierKey[],
): Promise<PublishedCheckpoints> => {
  const names: string[] = [];
  for await (const name of log.checkpoints()) names.push(name);
  const read = await pMap(names, (name) => checkpointIn(log, name, newest, keys), { concurrency: AT_ONCE });
  const findings = read.flatMap((one) => ('kind' in one ? [one] : []));
  if (!names.includes(checkpointName(newest.size)))
    findings.push(
      damaged(
        `no object ${checkpointName(newest.size)}, which is written before its checkpoint is published`,
      ),
    );
  return {
    checkpoints: read.flatMap((one) => ('kind' in one ? [] : [one])).sort((a, b) => a.size - b.size),
    findings,
  };
};

const checkpointIn = async (
  log: SealedLog,
  name: string,
  newest: SignedCheckpoint,
  keys: readonly VerifierKey[],
): Promise<Checkpoint | SealedFinding> => {
  const size = fromDecimal(name.slice(name.indexOf('/') + 1));
  const note = size === undefined ? undefined : await log.checkpoint(size);
  if (size === undefined || note === undefined) return damaged(`the object ${name}, which is no checkpoint`);
  try {
    const checkpoint = checkCheckpoint(note, keys);
    if (checkpoint.size !== size || checkpoint.origin !== newest.origin)
      return damaged(
        `the object ${name} with the checkpoint of ${checkpoint.size} leaves of ${checkpoint.origin}`,
      );
    return size > newest.size && (await isBehind(log, size, keys))
      ? ofLog(
          'cut',
          `the checkpoint of at least ${size} leaves, as the log has published it`,
          `${newest.size} leaves`,
        )
      : checkpoint;
  } catch (error) {
    if (!(error instanceof NotProvenError)) throw error;
    return ofLog(error.reason, `one of the keys to have signed the object ${name}`, error.message);
  }
};

/** Whether the newest checkpoint is still older than this size. A sealer may have published while the log was read. */
const isBehind = async (log: SealedLog, size: number, keys: readonly VerifierKey[]): Promise<boolean> => {
  const note = await log.checkpoint();
  return note === undefined || checkCheckpoint(note, keys).size < size;
};

/** Looks on while the leaves of a log are read. */
export interface TreeWatch {
  /** Takes the hashes of the next tile; `before` is the tree without them. */
  readonly add: (before: TreeEdge, hashes: readonly Uint8Array[]) => void;
  readonly findings: readonly SealedFinding[];
}

/** Compares the roots of checkpoints, sorted by size, with the tree of the leaves that are read. */
export const watchTrees = (checkpoints: readonly Checkpoint[]): TreeWatch => {
  const findings: SealedFinding[] = [];
  let next = 0;
  return {
    findings,
    add: (before, hashes) => {
      let edge = before;
      for (
        let checkpoint = checkpoints[next];
        checkpoint && checkpoint.size <= before.size + hashes.length;
        checkpoint = checkpoints[++next]
      ) {
        const more = hashes.slice(edge.size - before.size, checkpoint.size - before.size);
        edge = appendLeaves(edge, more).edge;
        if (!isSameHash(rootOfEdge(edge), checkpoint.root))
          findings.push(
            ofLog('forked', `the tree of the log for ${checkpointName(checkpoint.size)}`, 'another tree'),
          );
      }
    },
  };
};
