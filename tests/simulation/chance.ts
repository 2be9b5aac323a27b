/** A seeded source of chance: the same seed gives the same run on every machine. */
export interface Chance {
  /** From 0 to below 1. */
  readonly next: () => number;
  /** An integer from 0 to n - 1. */
  readonly below: (n: number) => number;
  /** From `least` to below `most`. */
  readonly between: (least: number, most: number) => number;
  readonly pick: <T>(list: readonly T[]) => T;
  /** Whether something of this probability happens. */
  readonly happens: (probability: number) => boolean;
}

/** mulberry32: small, fast, and good enough to choose among interleavings. */
export const chance = (seed: number): Chance => {
  let state = seed | 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (n: number): number => Math.floor(next() * n);
  return {
    next,
    below,
    between: (least, most) => least + next() * (most - least),
    pick: <T>(list: readonly T[]): T => list[below(list.length)] as T,
    happens: (probability) => next() < probability,
  };
};
