/** The pace of calls that share one token bucket of EC2: nobody says what is left of it, so throttles have to. */
export interface Pace {
  /** Takes the next turn; gives how long it is until then, in milliseconds. Turns come in the order in which they are taken. */
  turn(): number;
  /** A call got through. */
  admitted(): void;
  /** A call found the bucket empty. */
  throttled(): void;
}

/** The refill of CreateTags' bucket, in calls a second (EC2 developer guide, request throttling): all that may be left of it. */
const REFILL = 10;
const SLOWEST = 0.5;
/** What a throttle does to the pace, and a call that gets through. */
const SLOWER = 0.7;
const FASTER = 1.01;
/** Calls that were under way together find the bucket empty together: that is one throttle. */
const SAME_THROTTLE_MS = 500;

/**
 * Starts without a limit, for the bucket may be full. From the first throttle on turns are spaced, first by the refill,
 * then by what throttles teach. Tokens that a slower pace leaves stay in
 * the bucket, and the pace grows until it has found them. Spaces vary by half, so that processes which share
 * the bucket do not keep step. `now` is in milliseconds from anywhere; `random` gives from 0 to below 1.
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
