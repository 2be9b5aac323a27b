import type { SignedCheckpoint } from '../verifier/checkpoint.ts';
import type { VerifierKey } from '../verifier/verifier-key.ts';
import { earlierFindings, publishedCheckpoint } from './check-log.ts';
import { LogDamagedError } from './log-damaged-error.ts';
import { type Hashes, lostFindings } from './lost-events.ts';
import { lastSealed, sealedEvents } from './read-sealed.ts';
import type { SealedFinding } from './sealed-finding.ts';
import type { SealedLog } from './sealed-log.ts';
import { compareStream, type SeenEvent } from './stream-seen.ts';

/** What is compared. */
export interface SealedCheck {
  /** All columns of all events: those of one stream together, oldest first. */
  readonly events: AsyncIterable<SeenEvent>;
  readonly log: SealedLog;
  /** The keys that are trusted. */
  readonly keys: readonly VerifierKey[];
  /** Checkpoints that were kept elsewhere, signed notes. */
  readonly earlier?: readonly string[];
}

/** What came of it beside the findings. */
export interface SealedSummary {
  /** What all of this rests on; undefined when the checkpoint of the log is not believed. */
  readonly checkpoint: SignedCheckpoint | undefined;
  /** How many events are sealed. */
  readonly sealed: number;
  /** How many events are not sealed yet, and when the first of them was recorded. */
  readonly unsealed: { readonly count: number; readonly oldest: string | undefined };
}

/** So many streams are looked at closely, to tell from which event on they were changed. */
const CLOSELY = 1_000;

/**
 * Compares a ledger with its log: every sealed event must be there with the hash that was sealed. What is found is given to
 * `found` as it is found. A sealed hash stands for all events before it in the stream, as long as each event's hash is
 * that of its bytes and of the one before it: that is for who checks the integrity of the events, and not done here.
 * It reads the log once, and once more when something is wrong, and holds one line for each stream.
 */
export const checkSealed = async (
  { events, log, keys, earlier = [] }: SealedCheck,
  found: (finding: SealedFinding) => void,
): Promise<SealedSummary> => {
  const nothing: SealedSummary = {
    checkpoint: undefined,
    sealed: 0,
    unsealed: { count: 0, oldest: undefined },
  };
  try {
    const checkpoint = await publishedCheckpoint(log, keys);
    if ('kind' in checkpoint) {
      found(checkpoint);
      return nothing;
    }
    const heads = await lastSealed(log, checkpoint);
    for (const finding of await earlierFindings(log, checkpoint, earlier, keys)) found(finding);

    let count = 0;
    let oldest: string | undefined;
    /** The last event that is left of each stream that was cut. */
    const cut = new Map<string, number>();
    /** Streams whose last sealed event is another one. */
    const changed = new Set<string>();
    /** The hashes that are there now, of streams to be looked at closely. */
    const closely = new Map<string, Hashes>();
    for await (const [stream, seen] of streamsIn(events)) {
      const { findings, cutAfter, isChanged, unsealed } = compareStream(seen, heads.get(stream));
      heads.delete(stream);
      for (const finding of findings) found(finding);
      if (cutAfter !== undefined) cut.set(stream, cutAfter);
      if (isChanged) changed.add(stream);
      if ((isChanged || cutAfter) && closely.size < CLOSELY)
        closely.set(stream, new Map(seen.map(({ seq, hash }) => [seq, hash])));
      count += unsealed.length;
      for (const { recordedAt } of unsealed)
        oldest = oldest === undefined || recordedAt < oldest ? recordedAt : oldest;
    }
    for (const stream of heads.keys()) cut.set(stream, 0);
    if (cut.size + changed.size > 0) {
      const sealed = sealedEvents(log, checkpoint);
      for (const finding of await lostFindings(sealed, { cut, changed, closely })) found(finding);
    }
    return { checkpoint, sealed: checkpoint.size - 1, unsealed: { count, oldest } };
  } catch (error) {
    if (!(error instanceof LogDamagedError)) throw error;
    found({ kind: 'damaged', message: error.message });
    return nothing;
  }
};

/** The events of one stream after another. */
async function* streamsIn(events: SealedCheck['events']): AsyncGenerator<readonly [string, SeenEvent[]]> {
  let seen: SeenEvent[] = [];
  for await (const { stream, seq, hash, recordedAt } of events) {
    if (seen[0] && seen[0].stream !== stream) {
      yield [seen[0].stream, seen];
      seen = [];
    }
    seen.push({ stream, seq, hash, recordedAt });
  }
  if (seen[0]) yield [seen[0].stream, seen];
}
