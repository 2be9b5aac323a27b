import { clearTimeout, setImmediate, setTimeout } from 'node:timers';

/** Waits for what a test file left running; gives the kinds of what still keeps Node alive after that, if so. */
export type Drain = () => Promise<readonly string[] | undefined>;

const GRACE_MS = 5_000;

/** A drain that waits until Node has nothing left to do, so that late errors come while their file is known. */
export const createDrain = (): Drain => {
  // The pipes of stdout and stderr are among the active resources, though they keep nothing alive.
  const own = new Set(process.getActiveResourcesInfo());
  let leaking = false;
  return async () => {
    // What an earlier file left open cannot be told from what this one did, so only the first is blamed.
    if (leaking || (await isIdleWithin(GRACE_MS))) return undefined;
    leaking = true;
    return [...new Set(process.getActiveResourcesInfo())].filter((kind) => !own.has(kind));
  };
};

/** Lets errors come up that wait for the end of this turn of the event loop. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

const isIdleWithin = (graceMs: number): Promise<boolean> =>
  new Promise((resolve) => {
    const onIdle = (): void => {
      clearTimeout(timer);
      resolve(true);
    };
    const timer = setTimeout(() => {
      process.off('beforeExit', onIdle);
      resolve(false);
    }, graceMs);
    // The timer itself must not count as something left to do.
    timer.unref();
    process.once('beforeExit', onIdle);
  });
