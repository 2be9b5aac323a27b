/** Time for code that waits: `now` in milliseconds, `sleep` until that many of them have passed. */
export interface VirtualClock {
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/**
 * A clock for simulations: it runs as `base` does, and instead of waiting it skips ahead.
 * Sleepers wake in the order of their times, and those that sleep at once sleep side by side: two sleeps of a
 * second begun together take one second, not two. So a simulated throttle refills no faster than a real one.
 */
export const virtualClock = (base: () => number): VirtualClock => {
  let skipped = 0;
  const sleepers: Sleeper[] = [];
  const now = () => base() + skipped;

  const wakeNext = () => {
    const next = sleepers.shift();
    if (!next) return;
    skipped += Math.max(0, next.at - now());
    next.wake();
  };

  const sleep = (ms: number) =>
    new Promise<void>((wake) => {
      if (!Number.isFinite(ms)) throw new RangeError(`got ${ms}, expected a finite number of milliseconds`);
      const at = now() + ms;
      const place = sleepers.findIndex((other) => other.at > at);
      sleepers.splice(place < 0 ? sleepers.length : place, 0, { at, wake });
      // One turn of the event loop, so that everybody who goes to sleep now is in the list before time moves.
      setImmediate(wakeNext);
    });

  return { now, sleep };
};
