/** An object of a sealed log is missing, or is not what it must be. The message names it. */
export class LogDamagedError extends Error {
  override readonly name = 'LogDamagedError';
}
