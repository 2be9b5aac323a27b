/**
 * Why something is not proven:
 *
 * - `malformed`: it does not have the format of docs/format.md, so nothing could be checked;
 * - `unknown-key`: none of the keys signed the checkpoint;
 * - `bad-signature`: a signature by one of the keys is not over this text;
 * - `other-origin`: a key signed the checkpoint of a log that is not its own;
 * - `bad-hash`: the hash of an event is not that of its bytes;
 * - `bad-chain`: an event does not follow the one before it;
 * - `not-included`: a leaf is not at that place in the tree of the checkpoint;
 * - `not-consistent`: a later checkpoint does not extend an earlier one, so one of them is of a forked or cut
 *   log.
 */
export type NotProven =
  | 'malformed'
  | 'unknown-key'
  | 'bad-signature'
  | 'other-origin'
  | 'bad-hash'
  | 'bad-chain'
  | 'not-included'
  | 'not-consistent';

/** Something could not be proven. The message says what was found. */
export class NotProvenError extends Error {
  override readonly name = 'NotProvenError';
  readonly reason: NotProven;

  constructor(reason: NotProven, message: string) {
    super(message);
    this.reason = reason;
  }
}
