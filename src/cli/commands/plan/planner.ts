import { mayStart } from '../../threads/start.ts';
import type { TrailBatch } from '../../trail/trail-pieces.ts';
import { type PlannedBatch, type PlanSettings, planBatch } from './batch.ts';
import { type Helper, type MakerOf, startHelper } from './helper.ts';

/** Plans batches, as `planBatch` does. */
export interface Planner {
  plan(batch: TrailBatch, makerOf: MakerOf): Promise<PlannedBatch>;
  close(): Promise<void>;
}

/** The number of bytes that this thread plans in the time it takes to start another one. */
const WORTH_IT = 4 * 1024 * 1024;

const THREAD = new URL('./plan-thread.js', import.meta.url);

/**
 * Plans in this thread, and also in another one once there is enough to plan and a second processor. This
 * thread plans what the other one has no capacity for.
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
