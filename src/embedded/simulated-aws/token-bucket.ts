/** The settings of a bucket: at most `capacity` tokens, `refillPerSecond` new ones, on a clock in ms. */
export interface BucketOptions {
  readonly capacity: number;
  readonly refillPerSecond: number;
  readonly now: () => number;
}

/** A limit that admits a call while it holds tokens. */
export interface TokenBucket {
  /** Takes one token. Returns false, and takes nothing, if less than a whole one is left. */
  take(): boolean;
}

/**
 * A token bucket like those of AWS: full at the start and refilled continuously, computed from the clock
 * without timers. It counts thousandths of a token, because sums of fractions such as 0.1 fall slightly short
 * and would refuse a call that is due. A clock that goes back changes nothing.
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
