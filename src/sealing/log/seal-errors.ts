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

/** An object of a sealed log is missing or invalid. The message says what to do. */
export class LogDamagedError extends Error {
  override readonly name = 'LogDamagedError';
  /** What was found, as a clause: it names the object. */
  readonly what: string;

  constructor(what: string) {
    super(
      `The sealed log cannot be relied on: ${what}. Find out more with \`tagledger verify --key FILE\`, and restore the log from its store.`,
    );
    this.what = what;
  }
}
