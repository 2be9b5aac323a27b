import type { CoordinationStore } from '../../coordination/coordination-store.ts';
import { leaveHints } from '../../sealing/hints.ts';
import type { Telemetry } from '../../shared/telemetry.ts';
import type { FeedHandler } from '../runtime/chain-consumers.ts';
import { batchResponse, readBatch } from '../runtime/feed-batch.ts';

/** What leaving hints needs from outside. */
export interface HintDeps {
  readonly coordination: CoordinationStore;
  readonly now: () => Date;
  readonly telemetry: Telemetry;
}

/**
 * The handler behind the change feed that tells the sealer of new events: one small write for a batch. Where that fails,
 * the batch comes again.
 */
export const hintUnsealed =
  ({ coordination, now, telemetry }: HintDeps): FeedHandler =>
  async ({ Records }) => {
    const { arrivals } = readBatch(Records);
    try {
      await leaveHints(
        coordination,
        arrivals.map(({ recorded }) => recorded),
        now(),
      );
      return batchResponse(Records, []);
    } catch (error) {
      telemetry.error('the sealer could not be told of new events', { error });
      return batchResponse(
        Records,
        arrivals.map(({ index }) => index),
      );
    }
  };
