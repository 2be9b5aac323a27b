import type { Finding } from '../../verifier/finding.ts';
import type { NotProven } from '../../verifier/not-proven-error.ts';

/**
 * How a ledger, its log and its checkpoints disagree. About the log: a {@link NotProven}, the reason why its
 * checkpoint cannot be trusted, or
 *
 * - `damaged`: its objects are missing or do not have the root of its checkpoint;
 * - `cut`: it has fewer leaves than a checkpoint that was kept elsewhere;
 * - `forked`: it does not extend such a checkpoint, so two histories were signed.
 *
 * About the ledger:
 *
 * - `changed`: the hash of an event, and of all later ones of its stream, is not the sealed one;
 * - `missing`: sealed events are missing, but later ones of the stream exist;
 * - `tail-cut`: the last sealed events of a stream are missing;
 * - `stream-deleted`: all events of a sealed stream are missing;
 * - `rolled-back`: the newest sealed events of several streams are missing, as when an older copy replaced
 *   the table.
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

/**
 * One finding. `seq` is the first event concerned; a finding without a stream is about the log as a whole.
 */
export type SealedFinding = Omit<Finding, 'kind'> & { readonly kind: SealedFindingKind };

/** A finding about the log as a whole. */
export const ofLog = (kind: SealedFindingKind, expected: string, found: string): SealedFinding => ({
  kind,
  stream: null,
  seq: null,
  expected,
  found,
});

/** The finding that the log is not the one that was signed. */
export const damaged = (found: string): SealedFinding =>
  ofLog('damaged', 'the log that its checkpoint was signed for', found);

/** Describes sealed events of one stream, as the expected side of a finding. */
export const sealedText = (from: number, to: number): string =>
  `${from === to ? `event ${from}, which is` : `events ${from} to ${to}, which are`} sealed`;

/** Whether a finding says that sealed events are not there, and not that some are others. */
export const isLoss = ({ kind }: { readonly kind: string }): boolean => LOSSES.has(kind);

const LOSSES: ReadonlySet<string> = new Set<SealedFindingKind>([
  'missing',
  'tail-cut',
  'stream-deleted',
  'rolled-back',
]);
