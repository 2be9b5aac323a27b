import { type CallFailure, passesWithTime } from './classify-failure.ts';

/** A resource counts as new for this long: EC2 may answer NotFound for one that it has just made. */
export const NEW_FOR_MS = 5 * 60_000;

/** After this many attempts a request fails for good, whatever the reason. */
const ATTEMPTS = 8;
const FIRST_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 15 * 60_000;

/** When the next attempt is due, or undefined when this failure is final. */
export const retryAt = (failure: CallFailure, attempt: number, now: Date): Date | undefined => {
  if (!passesWithTime(failure) || attempt >= ATTEMPTS) return undefined;
  return new Date(now.getTime() + Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1)));
};
