import { project } from '../../../handlers/project/project.ts';
import type { DeadLetterMessage } from '../../../handlers/redrive/dead-letter.ts';
import { type Redriven, redrive } from '../../../handlers/redrive/redrive.ts';
import type { FeedConsumer } from '../../../handlers/runtime/feed-batch.ts';
import { QUIET } from '../../../shared/telemetry.ts';
import type { LedgerRuntime } from '../../ledger/open-runtime.ts';

/** Runs messages again and returns the outcome of each. */
export type Run = (messages: readonly DeadLetterMessage[]) => Promise<readonly Redriven[]>;

const NO_LIMIT = () => Number.POSITIVE_INFINITY;

/**
 * An embedded ledger runs all its consumers here. For a deployed ledger only `project` runs, because calling
 * EC2 and sending alerts is left to its functions.
 */
export const runnerOf = (ledger: LedgerRuntime): Run => {
  const { store, states, embedded } = ledger;
  // No alerts are sent from here, so permanently unreadable events are kept and not quarantined.
  const projecting: FeedConsumer = project({
    store,
    states,
    setAside: async (errors) => new Set(errors),
    now: () => new Date(),
    telemetry: QUIET,
  });
  const run = redrive({
    request: ledger.request,
    consumers: embedded?.consumers ?? { apply: projecting, project: projecting },
    store,
    telemetry: QUIET,
  });
  return async (messages) => {
    const outcomes = await run(messages, NO_LIMIT);
    await embedded?.settle();
    return outcomes;
  };
};
