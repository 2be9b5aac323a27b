import type { CoordinationStore } from '../../coordination/coordination-store.ts';
import { leaveHints } from '../../sealing/hints.ts';
import type { Telemetry } from '../../shared/telemetry.ts';
import type { FeedConsumer } from '../runtime/feed-batch.ts';

/** What leaving hints needs from outside. */
export interface HintDeps {
  readonly coordination: CoordinationStore;
  readonly now: () => Date;
  readonly telemetry: Telemetry;
}

/**
 * The consumer behind the change feed that tells the sealer of new events: one small write for a batch. Where that fails,
 * the batch comes again.
 */
export const hintUnsealed =
  ({ coordination, now, telemetry }: HintDeps): FeedConsumer =>
  async ({ events }) => {
    try {
      await leaveHints(
        coordination,
        events.map(({ recorded }) => recorded),
        now(),
      );
      return new Set();
    } catch (error) {
      telemetry.error('the sealer could not be told of new events', { error });
      return new Set(events.map(({ position }) => position));
    }
  };
