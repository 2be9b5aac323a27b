import type { Finding } from '../../verifier/finding.ts';
import type { NotProven } from '../../verifier/not-proven-error.ts';

/**
 * What does not agree between a ledger, its log and its checkpoints. Of the log: {@link NotProven}, why its checkpoint is
 * not believed, and
 *
 * - `damaged`: its objects do not have the root of its checkpoint, or are missing;
 * - `cut`: it has fewer leaves than a checkpoint that was kept elsewhere;
 * - `forked`: it does not extend such a checkpoint: two histories were signed.
 *
 * Of the ledger:
 *
 * - `changed`: an event has another hash than was sealed, from this one on to the end of the stream;
 * - `missing`: sealed events are not there, and later ones of the stream are;
 * - `tail-cut`: the last sealed events of a stream are not there;
 * - `stream-deleted`: no event of a sealed stream is there;
 * - `rolled-back`: the newest sealed events of several streams are all missing, as when an older copy was put in the
 *   place of the table.
 */
export type SealedFindingKind =
  | NotProven
  | 'damaged'
  | 'cut'
  | 'forked'
  | 'changed'
  | 'missing'
  | 'tail-cut'
  | 'stream-deleted'
  | 'rolled-back';

/** One finding; about the log as a whole where it names no stream. `seq` is the first event that is concerned. */
export type SealedFinding = Omit<Finding, 'kind'> & { readonly kind: SealedFindingKind };

/** A finding about the log as a whole. */
export const ofLog = (kind: SealedFindingKind, expected: string, found: string): SealedFinding => ({
  kind,
  stream: null,
  seq: null,
  expected,
  found,
});

/** That the log is not what was signed. */
export const damaged = (found: string): SealedFinding =>
  ofLog('damaged', 'the log that its checkpoint was signed for', found);

/** Sealed events of one stream, as what was expected. */
export const sealedText = (from: number, to: number): string =>
  `${from === to ? `event ${from}, which is` : `events ${from} to ${to}, which are`} sealed`;
