/** The command line cannot be understood: exit code 2. The message says what is wrong and what to type. */
export class WrongUsageError extends Error {
  override readonly name = 'WrongUsageError';
}
