import type { MemoStore } from '../../coordination/coordination-store.ts';
import { leaveHints } from '../../sealing/hints.ts';
import type { Observer } from '../../shared/telemetry.ts';
import type { FeedHandler } from '../runtime/chain-consumers.ts';
import { batchResponse, readBatch } from '../runtime/feed-batch.ts';

/** What leaving hints needs from outside. */
export interface HintDeps {
  readonly memos: MemoStore;
  readonly now: () => Date;
  readonly observer: Observer;
}

/**
 * The handler behind the change feed that tells the sealer of new events: one small write for a batch. Where that fails,
 * the batch comes again.
 */
export const hintUnsealed =
  ({ memos, now, observer }: HintDeps): FeedHandler =>
  async ({ Records }) => {
    const { arrivals } = readBatch(Records);
    try {
      await leaveHints(
        memos,
        arrivals.map(({ recorded }) => recorded),
        now(),
      );
      return batchResponse(Records, []);
    } catch (error) {
      observer.error('the sealer could not be told of new events', { error });
      return batchResponse(
        Records,
        arrivals.map(({ index }) => index),
      );
    }
  };
