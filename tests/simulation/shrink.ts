import { type Run, simulate } from './simulation.ts';

/** So many runs are spent on making one small. */
const TRIES = 80;

/**
 * The failing run of a seed with as few faults as can be found: faults that are spared, more and more of them, as
 * long as something still does not hold.
 */
export const shrink = async (failing: Run): Promise<Run> => {
  let best = failing;
  let spared: ReadonlySet<number> = new Set();
  let tries = 0;
  for (let size = failing.faults.struck.length; size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < best.faults.struck.length && tries < TRIES; tries++) {
      const more = best.faults.struck.slice(from, from + size).map(({ ordinal }) => ordinal);
      const candidate = new Set([...spared, ...more]);
      const run = await simulate(failing.seed, candidate);
      if (run.violations.length > 0 && run.faults.struck.length < best.faults.struck.length) {
        best = run;
        spared = candidate;
      } else from += size;
    }
  }
  return best;
};
