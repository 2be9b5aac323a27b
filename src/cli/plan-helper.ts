import type { ResourceArn } from '../events/resource-arn.ts';
import type { Who } from '../events/tag-event.ts';
import type { PlannedBatch, PlanSettings } from './plan-batch.ts';
import { type PackedBatch, packed } from './plan-packed.ts';
import type { Batch } from './read-trail-pieces.ts';
import { startThread, type Thread } from './thread-start.ts';

/** Who made a resource, as the batches before one tell. */
export type MakerOf = (arn: ResourceArn) => Promise<Who | undefined>;

/** Another thread that plans. */
export interface Helper extends Pick<Thread<PackedBatch, PlannedBatch>, 'isFree' | 'close'> {
  /** As `planBatch`. Rejects, too, when the thread dies. */
  plan(batch: Batch, makerOf: MakerOf): Promise<PlannedBatch>;
}

/** Starts a thread of the file that `plan-thread.ts` was built to. */
export const startHelper = (file: URL, settings: PlanSettings): Helper => {
  const thread = startThread<PackedBatch, PlannedBatch, ResourceArn, Who | undefined>(file, settings);
  return {
    isFree: thread.isFree,
    close: thread.close,
    plan: (batch, makerOf) => {
      const work = packed(batch);
      return thread.run(work, [work.bytes.buffer], makerOf);
    },
  };
};
