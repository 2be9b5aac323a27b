import type { NotProven } from '../verifier/not-proven-error.ts';

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

/** One finding. The message says what was expected and what was found; no tag value is in it. */
export interface SealedFinding {
  readonly kind: SealedFindingKind;
  readonly message: string;
  /** The stream, and the first event that is concerned; absent where it is about the log as a whole. */
  readonly stream?: string;
  readonly seq?: number;
}
