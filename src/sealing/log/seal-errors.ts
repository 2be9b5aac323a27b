/**
 * The stored data disagrees, and sealing could publish two histories. Nothing was written, and a person must
 * investigate. The message says what was found and what to do.
 */
export class SealStoppedError extends Error {
  override readonly name = 'SealStoppedError';
}

/**
 * Another sealer of the same log was faster, and this one published nothing. The next run continues from
 * there.
 */
export class OtherSealerError extends Error {
  override readonly name = 'OtherSealerError';

  constructor() {
    super('Another sealer of this log was faster. Run one at a time.');
  }
}

/** An object of a sealed log is missing or invalid. The message names it. */
export class LogDamagedError extends Error {
  override readonly name = 'LogDamagedError';
}
