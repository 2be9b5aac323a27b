/** The command line cannot be understood: exit code 2. The message says what is wrong and what to type. */
export class WrongUsageError extends Error {
  override readonly name = 'WrongUsageError';
}

/** What was asked for is not known to the ledger, or not proven by its log: exit code 4. The message says what to do. */
export class NotKnownError extends Error {
  override readonly name = 'NotKnownError';
}
