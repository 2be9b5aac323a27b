/** The command line is invalid: exit code 2. The message says what is wrong and what to type. */
export class WrongUsageError extends Error {
  override readonly name = 'WrongUsageError';
  /** Lines that follow the message. */
  readonly lines: readonly string[];

  constructor(
    message: string,
    { lines = [], ...options }: ErrorOptions & { lines?: readonly string[] } = {},
  ) {
    super(message, options);
    this.lines = lines;
  }
}

/**
 * The ledger does not know the requested item, or its log does not prove it: exit code 4. The message says
 * what to do.
 */
export class NotKnownError extends Error {
  override readonly name = 'NotKnownError';
}
