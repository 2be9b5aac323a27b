/** What was asked for is not known to the ledger, or not proven by its log: exit code 4. The message says what to do. */
export class NotKnownError extends Error {
  override readonly name = 'NotKnownError';
}
