import { type CallFailure, passesWithTime } from './ec2/classify-failure.ts';

/** How long tagledger keeps trying to put tags on a resource; all times are in milliseconds. */
export interface RetryPolicy {
  /** After this many attempts a request fails permanently, whatever the reason. */
  readonly attempts: number;
  /**
   * The longest wait after the first failed attempt; doubles with each further one, up to `longestWaitMs`.
   */
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
  /** A resource counts as new for this long: EC2 may answer NotFound for one that it has just created. */
  readonly newForMs: number;
  /**
   * A first attempt without an outcome counts as lost after this long, which is more than an invocation and
   * its redeliveries take. The time doubles with each later attempt.
   */
  readonly stuckAfterMs: number;
}

/**
 * Allows about half an hour of attempts that fail, or two and a half days of attempts whose outcome is lost.
 * EC2 shows a new resource within minutes, and the clocks of AWS and of a function may differ by minutes, so
 * a NotFound is final after 10 minutes.
 */
export const DEFAULT_RETRY: RetryPolicy = {
  attempts: 8,
  firstWaitMs: 30_000,
  longestWaitMs: 15 * 60_000,
  newForMs: 10 * 60_000,
  stuckAfterMs: 15 * 60_000,
};

/**
 * When the next attempt is due; undefined if the failure is final. The wait is random between half of its
 * bound and the bound, so that requests which failed together are not all retried together. `random` returns
 * from 0 to below 1.
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
