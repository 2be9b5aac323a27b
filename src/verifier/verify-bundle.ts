import { GENESIS, hashOf } from '../events/hash-chain.ts';
import { type ProvenEvent, parseBundle } from './bundle.ts';
import { checkCheckpoint, type SignedCheckpoint } from './checkpoint.ts';
import { checkConsistency } from './consistency.ts';
import { checkInclusion } from './inclusion.ts';
import { eventLeaf } from './leaf.ts';
import { leafHash } from './merkle.ts';
import { type NotProven, NotProvenError } from './not-proven-error.ts';
import type { VerifierKey } from './verifier-key.ts';

/** What a bundle proves, or why it proves nothing. */
export type Verdict =
  | {
      readonly holds: true;
      readonly checkpoint: SignedCheckpoint;
      readonly events: readonly ProvenEvent[];
      /** Earlier checkpoints that the checkpoint extends. */
      readonly earlier: readonly SignedCheckpoint[];
    }
  | { readonly holds: false; readonly reason: NotProven; readonly message: string };

/**
 * Checks a bundle against trusted keys, as docs/format.md describes. If it holds, the log's key signed a log
 * that contains each event with exactly these bytes, at its place in its stream and in the log, and that log
 * extends each of the earlier checkpoints. It needs no ledger and no network.
 */
export const verifyBundle = (text: string, keys: readonly VerifierKey[]): Verdict => {
  try {
    const bundle = parseBundle(text);
    const checkpoint = checkCheckpoint(bundle.checkpoint, keys);
    bundle.events.forEach((event, i) => {
      checkEvent(event, bundle.events[i - 1]);
      const { index, proof } = event;
      checkInclusion({ index, proof, leaf: leafHash(eventLeaf(event)), ...checkpoint });
    });
    const earlier = bundle.earlier.map((one) => {
      const before = checkCheckpoint(one.checkpoint, keys);
      if (before.origin !== checkpoint.origin) {
        throw new NotProvenError(
          'other-origin',
          `the checkpoints are of two logs, ${before.origin} and ${checkpoint.origin}`,
        );
      }
      checkConsistency(before, checkpoint, one.proof);
      return before;
    });
    return { holds: true, checkpoint, events: bundle.events, earlier };
  } catch (error) {
    if (!(error instanceof NotProvenError)) throw error;
    return { holds: false, reason: error.reason, message: error.message };
  }
};

/**
 * Checks that an event has the hash of its bytes and that it follows the event before it in the bundle, if
 * any.
 */
const checkEvent = (event: ProvenEvent, before: ProvenEvent | undefined): void => {
  const { stream, seq, prev, hash } = event;
  if (before && (before.stream !== stream || before.seq + 1 !== seq)) {
    throw new NotProvenError(
      'malformed',
      `The bundle has event ${seq} of ${stream} after event ${before.seq} of ${before.stream}, but a bundle holds one stream without gaps. Get it again from whoever ran \`tagledger prove\`.`,
    );
  }
  if (hashOf(event) !== hash) {
    throw new NotProvenError('bad-hash', `the event ${seq} of ${stream} has other bytes than its hash says`);
  }
  const expected = before?.hash ?? (seq === 1 ? GENESIS : prev);
  if (prev !== expected) {
    throw new NotProvenError(
      'bad-chain',
      `the event ${seq} of ${stream} does not follow the event before it`,
    );
  }
};
