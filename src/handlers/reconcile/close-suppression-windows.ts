import { randomUUID } from 'node:crypto';
import {
  changePeriod,
  type HeldPeriod,
  type PublishNoticesDeps,
  publishHeld,
} from '../../alerts/held-notices.ts';
import { isHeld } from '../../alerts/suppression-state.ts';
import { close } from '../../alerts/suppression-window.ts';

/** The kind of the memos that quiet periods are. */
const KIND = 'quiet';

/**
 * Looks after up to `limit` quiet periods that are due, the earliest first: one in which something was muted is closed
 * with a summary, an abandoned claim is published, all others end. To be run every minute or so. Two runs at once, and
 * dying at any point, are safe: each step is claimed first, so a summary may come twice, and none is lost. What fails
 * is logged and stays due. Gives how many messages SNS took and how many it did not.
 */
export const closeSuppressionWindows = async ({
  limit,
  ...deps
}: PublishNoticesDeps & { readonly limit: number }): Promise<{
  readonly sent: number;
  readonly failed: number;
}> => {
  const { coordination, now, telemetry } = deps;
  const holder = randomUUID();
  const held: HeldPeriod[] = [];
  let failed = 0;
  for (const key of await coordination.due(KIND, now().toISOString(), limit)) {
    try {
      const state = await changePeriod(coordination, key, (there) => there && close(there, holder, now()));
      if (state && isHeld(state)) held.push({ key, held: state });
    } catch (error) {
      failed += 1;
      telemetry.error('a quiet period could not be closed', { error, key });
    }
  }
  const problems = await publishHeld(deps, held);
  for (const [i, error] of problems.entries()) {
    if (!error) continue;
    failed += 1;
    telemetry.error('an alert could not be sent', { error, key: held[i]?.key });
  }
  return { sent: problems.filter((problem) => !problem).length, failed };
};
