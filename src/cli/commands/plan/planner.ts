import { mayStart } from '../../threads/start.ts';
import type { TrailBatch } from '../../trail/trail-pieces.ts';
import { type PlannedBatch, type PlanSettings, planBatch } from './batch.ts';
import { type Helper, type MakerOf, startHelper } from './helper.ts';

/** Plans batches, as `planBatch` does. */
export interface Planner {
  plan(batch: TrailBatch, makerOf: MakerOf): Promise<PlannedBatch>;
  close(): Promise<void>;
}

/** A thread takes about as long to start as it takes to plan this much. */
const WORTH_IT = 4 * 1024 * 1024;

const THREAD = new URL('./plan-thread.js', import.meta.url);

/**
 * Plans in this thread, and in another one too once there is enough to plan and a processor for it: this thread goes on
 * with what the other has no time for.
 */
export const startPlanner = (settings: PlanSettings): Planner => {
  const mayHelp = mayStart(THREAD);
  let helper: Helper | undefined;
  let bytes = 0;
  return {
    plan: (batch, makerOf) => {
      for (const piece of batch.pieces) bytes += piece.size;
      if (mayHelp && bytes > WORTH_IT) helper ??= startHelper(THREAD, settings);
      return helper?.isFree()
        ? helper.plan(batch, makerOf)
        : planBatch(settings, { makerOf }, batch, new Date());
    },
    close: async () => helper?.close(),
  };
};
