import type { ResourceArn } from '../../../events/resource-arn.ts';
import type { Who } from '../../../events/tag-event.ts';
import { serveThread } from '../../threads/serve.ts';
import { type PlannedBatch, type PlanSettings, planBatch } from './batch.ts';
import { type PackedBatch, unpacked } from './packed.ts';

/** The thread that `startHelper` starts. It plans the batches that it receives and asks for creators. */
serveThread<PlanSettings, PackedBatch, PlannedBatch, ResourceArn, Who | undefined>(
  (settings) => (batch, makerOf) => planBatch(settings, { makerOf }, unpacked(batch), new Date()),
);
