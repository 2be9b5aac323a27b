import type { Writable } from '../../shared/members.ts';
import type { SeenEvent } from '../../verifier/check-section.ts';
import type { SignedCheckpoint } from '../../verifier/checkpoint.ts';
import type { VerifierKey } from '../../verifier/verifier-key.ts';
import { LogDamagedError } from '../log/seal-errors.ts';
import type { SealedLog } from '../log/sealed-log.ts';
import { earlierFindings, newestCheckpoint } from './check-log.ts';
import { compareStream, type StreamCompared } from './compare-stream.ts';
import { type Hashes, lostFindings } from './lost-events.ts';
import { publishedCheckpoints, watchTrees } from './published-checkpoints.ts';
import { type LastSealed, lastSealed, sealedEvents } from './read-sealed.ts';
import { damaged, ofLog, type SealedFinding } from './sealed-finding.ts';

/** What a ledger is compared with. */
export interface SealedBy {
  readonly log: SealedLog;
  /** The trusted keys. */
  readonly keys: readonly VerifierKey[];
  /** Checkpoints that were kept elsewhere, as signed notes. */
  readonly earlier?: readonly string[];
  /**
   * Up to which size of the log the ledger must be complete: the log as it is now, if absent. A copy claims
   * the log of its time; a part of a ledger claims nothing, and is `not-judged`.
   */
  readonly completeTo?: number | 'not-judged';
  /** Called while the log is read, with the entries so far and its size. */
  readonly onRead?: (entries: number, size: number) => void;
}

/** What a check covered. */
export interface SealedSummary {
  /** The checkpoint that the result relies on. */
  readonly checkpoint: SignedCheckpoint;
  /** How many events are sealed. */
  readonly sealed: number;
  /** How many events of the ledger are among them. */
  readonly included: number;
  /** Up to which size of the log completeness was judged; undefined when it was not. */
  readonly completeTo: number | undefined;
  /** How many events of the ledger have a place in the log from there on: others may be missing among them. */
  readonly beyond: number;
  /** How many events are not sealed yet, and when the earliest of them was recorded. */
  readonly unsealed: { readonly count: number; readonly oldest: string | undefined };
}

/** A comparison in progress. Add events in the order that {@link beginSealedCheck} requires. */
export interface SealedCheck {
  add(event: SeenEvent): readonly SealedFinding[];
  /**
   * The remaining findings, once all events were added. `summary` is undefined when the log cannot be
   * trusted.
   */
  end(): Promise<{
    readonly findings: readonly SealedFinding[];
    readonly summary: SealedSummary | undefined;
  }>;
}

/** For how many streams the hashes are kept, to tell which event is the first that was changed. */
const CLOSELY = 1_000;

/**
 * Compares a ledger with its log: every event that the log has must have the hash that was sealed, and every
 * event of the log up to `completeTo` must be there. Add the events of each stream together, oldest first. A sealed hash covers all earlier events of its stream, provided that
 * each event's hash is that of its bytes and of the event before it; `checkEvents` checks that.
 *
 * Reads the log once, and again when something is wrong. Memory holds one line per stream.
 */
export const beginSealedCheck = async (
  by: SealedBy,
): Promise<SealedCheck & { readonly findings: readonly SealedFinding[] }> => {
  const { log, keys, earlier = [], completeTo, onRead } = by;
  const notBelieved = (finding: SealedFinding) => ({
    findings: [finding],
    add: () => [],
    end: async () => ({ findings: [], summary: undefined }),
  });
  try {
    const checkpoint = await newestCheckpoint(log, keys);
    if ('kind' in checkpoint) return notBelieved(checkpoint);
    const findings = await earlierFindings(log, checkpoint, earlier, keys);
    if (Number(completeTo) > checkpoint.size && !findings.some(({ kind }) => kind === 'cut'))
      findings.push(ofLog('cut', `a log of at least ${completeTo} leaves`, `${checkpoint.size} leaves`));
    // A checkpoint that is not one of this log says nothing about how much of it must be there.
    const isJudged = completeTo === undefined || (completeTo !== 'not-judged' && findings.length === 0);
    const below = isJudged ? (completeTo ?? checkpoint.size) : undefined;
    const published = await publishedCheckpoints(log, checkpoint, keys);
    const trees = watchTrees(published.checkpoints);
    const heads = await lastSealed(log, checkpoint, below ?? 0, { onRead, onTile: trees.add });
    findings.push(...published.findings, ...trees.findings);
    return { findings, ...comparison(log, checkpoint, heads, below) };
  } catch (error) {
    if (!(error instanceof LogDamagedError)) throw error;
    return notBelieved(damaged(error.what));
  }
};

/** How the streams that were seen differ from what is sealed. */
interface Differences {
  /** The last event that is left of each stream that was cut. */
  readonly cut: Map<string, number>;
  /** Streams whose last sealed event is another one. */
  readonly changed: Set<string>;
  /** The last event of each stream of which the log has later ones. */
  readonly behind: Map<string, Pick<SeenEvent, 'seq' | 'hash'>>;
  /** The hashes that are there now, of streams to be looked at closely. */
  readonly closely: Map<string, Hashes>;
  included: number;
  beyond: number;
  /** The events that are not sealed yet. */
  readonly unsealed: Writable<SealedSummary['unsealed']>;
}

/** `heads` are the last sealed events of all streams; those that were seen are taken out of it. */
const comparison = (
  log: SealedLog,
  checkpoint: SignedCheckpoint,
  heads: Map<string, LastSealed>,
  completeTo: number | undefined,
): SealedCheck => {
  const differences: Differences = {
    cut: new Map(),
    changed: new Set(),
    behind: new Map(),
    included: 0,
    beyond: 0,
    closely: new Map(),
    unsealed: { count: 0, oldest: undefined },
  };
  let seen: SeenEvent[] = [];

  /** Compares the stream that has come to its end. */
  const compare = (): readonly SealedFinding[] => {
    const [first] = seen;
    if (!first) return [];
    const compared = compareStream(seen, heads.get(first.stream));
    heads.delete(first.stream);
    noteDifferences(differences, first.stream, seen, compared);
    seen = [];
    return compared.findings;
  };

  return {
    add({ stream, seq, hash, recordedAt }) {
      const findings = seen[0] && seen[0].stream !== stream ? compare() : [];
      seen.push({
        stream,
        seq,
        ...(hash !== undefined && { hash }),
        ...(recordedAt !== undefined && { recordedAt }),
      });
      return findings;
    },

    async end() {
      const findings = [...compare()];
      const { cut, changed, behind, included, beyond, unsealed } = differences;
      for (const [stream, { needed }] of heads) if (needed > 0) cut.set(stream, 0);
      if (cut.size + changed.size + behind.size > 0)
        for (const one of await lostFindings(sealedEvents(log, checkpoint), differences, completeTo ?? 0))
          findings.push(one);
      return {
        findings,
        summary: { checkpoint, sealed: checkpoint.size - 1, included, completeTo, beyond, unsealed },
      };
    },
  };
};

const noteDifferences = (
  differences: Differences,
  stream: string,
  seen: readonly SeenEvent[],
  { cutAfter, isChanged, behind, included, beyond, unsealed: added }: StreamCompared,
): void => {
  const { cut, changed, closely, unsealed } = differences;
  differences.included += included;
  differences.beyond += beyond;
  if (cutAfter !== undefined) cut.set(stream, cutAfter);
  if (isChanged) changed.add(stream);
  if (behind) differences.behind.set(stream, { seq: behind.seq, ...(behind.hash && { hash: behind.hash }) });
  if ((isChanged || behind) && closely.size < CLOSELY)
    closely.set(stream, new Map(seen.map(({ seq, hash }) => [seq, hash])));
  unsealed.count += added.length;
  for (const { recordedAt } of added)
    if (recordedAt !== undefined && (unsealed.oldest === undefined || recordedAt < unsealed.oldest))
      unsealed.oldest = recordedAt;
};
