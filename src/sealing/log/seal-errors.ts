/**
 * What is there does not agree, and sealing on could publish two histories: nothing was written, and a person must look.
 * The message says what was found and what to do.
 */
export class SealStoppedError extends Error {
  override readonly name = 'SealStoppedError';
}

/** Another sealer of the same log was faster; nothing of this one was published. The next run goes on from there. */
export class OtherSealerError extends Error {
  override readonly name = 'OtherSealerError';

  constructor() {
    super('another sealer of this log was faster: run one at a time');
  }
}

/** An object of a sealed log is missing, or is not what it must be. The message names it. */
export class LogDamagedError extends Error {
  override readonly name = 'LogDamagedError';
}
