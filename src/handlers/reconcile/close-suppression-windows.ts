import { randomUUID } from 'node:crypto';
import {
  changePeriod,
  type HeldPeriod,
  type PublishNoticesDeps,
  publishHeld,
} from '../../alerts/held-notices.ts';
import { isHeld } from '../../alerts/suppression-state.ts';
import { close } from '../../alerts/suppression-window.ts';

/** The kind of the memos that hold suppression windows. */
const KIND = 'quiet';

/**
 * Handles up to `limit` due suppression windows, the earliest first. A window with suppressed notices closes
 * with a summary, an abandoned claim is published, and all others end. Run it about every minute. Concurrent
 * runs and a crash at any point are safe: each step is claimed first, so a summary can come twice but is
 * never lost. A failure is logged, and its window stays due. Returns how many messages were sent, and how
 * many failures there were.
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
