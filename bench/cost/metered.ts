import type { DeployedFunction } from './deployed-function.ts';
import type { Feed } from './feed.ts';
import type { Took } from './measurement.ts';

/** A function whose invocations are added up. */
export interface Metered {
  invoke(event: unknown): Promise<unknown>;
  /** What its invocations took since the last reset. */
  took(): Took;
  reset(): void;
  /** The most memory that it has held, in MB. */
  peakMb(): number;
  stop(): void;
  /** What it is fed with, if anything, and how many records at once. */
  readonly feed?: Feed;
  readonly batchSize?: number;
}

/** Meters a function; `waitedMs` tells for how long calls have been under way so far. */
export const startMeter = (
  { invoke, logged, stop }: DeployedFunction,
  waitedMs: () => number,
): Omit<Metered, 'feed' | 'batchSize'> => {
  let [invocations, processorSeconds, waitingSeconds, loggedBefore, peak] = [0, 0, 0, 0, 0];
  return {
    async invoke(event) {
      const before = waitedMs();
      const invoked = await invoke(event);
      invocations += 1;
      processorSeconds += invoked.processorSeconds;
      waitingSeconds += (waitedMs() - before) / 1_000;
      peak = Math.max(peak, invoked.peakMb);
      return invoked.answer;
    },
    took: () => ({ invocations, processorSeconds, waitingSeconds, logBytes: logged() - loggedBefore }),
    reset() {
      [invocations, processorSeconds, waitingSeconds, loggedBefore] = [0, 0, 0, logged()];
    },
    peakMb: () => peak,
    stop,
  };
};
