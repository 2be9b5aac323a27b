/**
 * The pace of calls that share a token bucket of EC2. EC2 does not report how many tokens are left, so the
 * pace is learned from throttled calls.
 */
export interface Pace {
  /** Reserves the next turn; returns the wait until then, in ms. Turns have the order of these calls. */
  turn(): number;
  /** Reports that a call was not throttled. */
  admitted(): void;
  /** Reports that a call was throttled. */
  throttled(): void;
}

/**
 * The refill rate of CreateTags' bucket, in calls per second (EC2 developer guide, request throttling). An
 * empty bucket allows no more than this.
 */
const REFILL = 10;
const SLOWEST = 0.5;
/** The factors by which a throttled call and an admitted call change the pace. */
const SLOWER = 0.7;
const FASTER = 1.01;
/** Concurrent calls find the bucket empty together, so throttles within this time count as one. */
const SAME_THROTTLE_MS = 500;

/**
 * Starts without a limit, because the bucket may be full. The first throttle sets the pace to the refill
 * rate; later ones slow it down. Tokens that a slow pace leaves stay in the bucket, so the pace grows with
 * each admitted call until it has found them. Intervals vary by up to half, so that processes which share the
 * bucket do not keep step. `now` is in milliseconds from any origin; `random` returns from 0 to below 1.
 */
export const startPace = (now: () => number, random: () => number = Math.random): Pace => {
  let perSecond = Number.POSITIVE_INFINITY;
  let next = Number.NEGATIVE_INFINITY;
  let slowedAt = Number.NEGATIVE_INFINITY;
  return {
    turn() {
      const at = now();
      const mine = Math.max(at, next);
      next = mine + ((0.5 + random()) * 1000) / perSecond;
      return mine - at;
    },
    admitted() {
      perSecond *= FASTER;
    },
    throttled() {
      const at = now();
      if (at - slowedAt < SAME_THROTTLE_MS) return;
      slowedAt = at;
      perSecond = Math.min(REFILL, Math.max(SLOWEST, perSecond * SLOWER));
      next = Math.max(next, at + 1000 / perSecond);
    },
  };
};
