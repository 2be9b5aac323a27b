/** How a bucket fills: `capacity` tokens at most, `refillPerSecond` new ones, on a clock in milliseconds. */
export interface BucketOptions {
  readonly capacity: number;
  readonly refillPerSecond: number;
  readonly now: () => number;
}

/** Admits a call as long as it holds tokens. */
export interface TokenBucket {
  /** Takes one token; false, and nothing taken, when less than a whole one is left. */
  take(): boolean;
}

/**
 * A token bucket as AWS throttles with: full at the start, refilled continuously. Only arithmetic on the clock,
 * no timers. Counts in thousandths of a token, because sums of fractions such as 0.1 would come out a little
 * short and refuse a call that is due. A clock that goes back gives nothing and takes nothing.
 */
export const tokenBucket = ({ capacity, refillPerSecond, now }: BucketOptions): TokenBucket => {
  let thousandths = capacity * 1000;
  let filledAt = now();
  return {
    take: () => {
      const at = Math.max(filledAt, now());
      thousandths = Math.min(capacity * 1000, thousandths + (at - filledAt) * refillPerSecond);
      filledAt = at;
      if (thousandths < 1000) return false;
      thousandths -= 1000;
      return true;
    },
  };
};
