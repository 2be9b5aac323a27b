/**
 * Why something is not proven:
 *
 * - `malformed`: it is not in the format that docs/format.md gives, so nothing could be checked;
 * - `unknown-key`: a checkpoint bears no signature by any of the keys;
 * - `bad-signature`: a signature by one of the keys is not over this text;
 * - `other-origin`: a key signed the checkpoint of another log than its own;
 * - `bad-hash`: an event's bytes are not those of its hash;
 * - `bad-chain`: an event does not follow the one before it;
 * - `not-included`: a leaf is not at that place in the tree of the checkpoint;
 * - `not-consistent`: a later checkpoint does not extend an earlier one: one of the two is of a forked or cut log.
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

/** What was to be proven is not. The message says what was got and what was expected. */
export class NotProvenError extends Error {
  override readonly name = 'NotProvenError';
  readonly reason: NotProven;

  constructor(reason: NotProven, message: string) {
    super(message);
    this.reason = reason;
  }
}
