import type { CoordinationStore } from '../../coordination/coordination-store.ts';
import { leaveHints } from '../../sealing/hints.ts';
import type { Telemetry } from '../../shared/telemetry.ts';
import type { FeedConsumer } from '../runtime/feed-batch.ts';

/** The dependencies of {@link hintUnsealed}. */
export interface HintDeps {
  readonly coordination: CoordinationStore;
  readonly now: () => Date;
  readonly telemetry: Telemetry;
}

/**
 * The change feed consumer that notifies the sealer of new events, with one small write per batch. If that
 * write fails, the batch is redelivered.
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
      telemetry.error('the sealer could not be notified of new events', { error });
      return new Set(events.map(({ position }) => position));
    }
  };
