import { type CallFailure, passesWithTime } from './ec2/classify-failure.ts';

/** How long tagledger goes on trying to put tags on a resource; all times in milliseconds. */
export interface RetryPolicy {
  /** After this many attempts a request fails for good, whatever the reason. */
  readonly attempts: number;
  /** The wait after the first failed attempt; it doubles with each one. */
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
  /** A resource counts as new for this long: EC2 may answer NotFound for one that it has just made. */
  readonly newForMs: number;
  /**
   * A first attempt without an outcome is given up for lost after this long, more than an invocation and its redeliveries
   * take; each later one after twice the time of the one before.
   */
  readonly stuckAfterMs: number;
}

/**
 * About half an hour of attempts that fail, and two and a half days of attempts that nobody makes. EC2 shows a new resource within minutes, and the clocks of AWS and of a function may be
 * minutes apart, so a NotFound is believed after 10.
 */
export const DEFAULT_RETRY: RetryPolicy = {
  attempts: 8,
  firstWaitMs: 30_000,
  longestWaitMs: 15 * 60_000,
  newForMs: 10 * 60_000,
  stuckAfterMs: 15 * 60_000,
};

/**
 * When the next attempt is due, or undefined when this failure is final. The wait is random between a half and the
 * whole of its bound (`random` is from 0 to below 1), so that those who failed together do not all come back together.
 */
export const retryAt = (
  { attempts, firstWaitMs, longestWaitMs }: RetryPolicy,
  failure: Pick<CallFailure, 'class'>,
  attempt: number,
  now: Date,
  random: () => number = Math.random,
): Date | undefined => {
  if (!passesWithTime(failure) || attempt >= attempts) return undefined;
  const bound = Math.min(longestWaitMs, firstWaitMs * 2 ** (attempt - 1));
  return new Date(now.getTime() + Math.round((bound * (1 + random())) / 2));
};
