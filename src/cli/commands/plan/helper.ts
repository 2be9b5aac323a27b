import type { ResourceArn } from '../../../events/resource-arn.ts';
import type { Who } from '../../../events/tag-event.ts';
import { startThread, type Thread } from '../../threads/start.ts';
import type { TrailBatch } from '../../trail/trail-pieces.ts';
import type { PlannedBatch, PlanSettings } from './batch.ts';
import { type PackedBatch, packed } from './packed.ts';

/** Returns the creator of a resource as far as the earlier batches know it. */
export type MakerOf = (arn: ResourceArn) => Promise<Who | undefined>;

/** Another thread that plans batches. */
export interface Helper extends Pick<Thread<PackedBatch, PlannedBatch>, 'isFree' | 'close'> {
  /** Like `planBatch`, but also rejects if the thread dies. */
  plan(batch: TrailBatch, makerOf: MakerOf): Promise<PlannedBatch>;
}

/** Starts a thread from the file that `thread.ts` is built to. */
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
