/** A clock for code that waits: `now` in ms, and `sleep` for a number of ms. */
export interface VirtualClock {
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/**
 * A clock for simulations: it runs like `base`, but skips ahead instead of waiting. Sleepers wake in the
 * order of their times, and concurrent sleeps overlap: two sleeps of one second begun together take one
 * second, not two. So a simulated throttle refills no faster than a real one.
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
      if (!Number.isFinite(ms))
        throw new RangeError(`The time to sleep, ${ms}, is not a finite number of milliseconds.`);
      const at = now() + ms;
      const place = sleepers.findIndex((other) => other.at > at);
      sleepers.splice(place < 0 ? sleepers.length : place, 0, { at, wake });
      // Waits one turn of the event loop, so that everything that goes to sleep now is in the list before
      // time moves.
      setImmediate(wakeNext);
    });

  return { now, sleep };
};
