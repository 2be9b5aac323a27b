import { changePeriod, type HeldPeriod, type PublishNoticesDeps, publishHeld } from './held-notices.ts';
import type { Notice } from './notices/notice.ts';
import { isHeld } from './suppression-state.ts';
import { onNotice } from './suppression-window.ts';

/**
 * Publishes notices, each at most once in the suppression window of its key; a notice within a window is only
 * counted. Returns the notices that must be delivered again, because SNS or the coordination store failed.
 *
 * A claim is written before its message is published, and the outcome afterwards. If the process dies in
 * between, the redelivered notice, or whichever process comes after the lease, takes over the claim. A
 * message may therefore be sent twice, but none is lost.
 */
export const publishNotices = async (
  deps: PublishNoticesDeps,
  notices: readonly Notice[],
): Promise<Set<Notice>> => {
  const { coordination, now, telemetry } = deps;
  const again = new Set<Notice>();
  if (notices.length === 0) return again;
  const fail = (notice: Notice, error: unknown) => {
    again.add(notice);
    telemetry.error('an alert could not be sent', { error, key: notice.key });
  };
  const claims: (HeldPeriod & { readonly notice: Notice })[] = [];
  const seen = await seenBy(deps, notices);
  for (const notice of notices) {
    const { key, id } = notice;
    try {
      const state = await changePeriod(
        coordination,
        key,
        (there) => onNotice(there, notice, now()),
        seen(key),
      );
      if (state && isHeld(state) && state.holder === id) claims.push({ key, held: state, notice });
    } catch (error) {
      fail(notice, error);
    }
  }
  const problems = await publishHeld(deps, claims);
  claims.forEach(({ notice }, i) => {
    if (problems[i]) fail(notice, problems[i]);
  });
  return again;
};

/** Reads the current windows at once. If that fails, each is read on its own, and fails on its own. */
const seenBy = async ({ coordination, telemetry }: PublishNoticesDeps, notices: readonly Notice[]) => {
  try {
    const stored = await coordination.get(notices.map(({ key }) => key));
    const byKey = new Map(stored.map((memo) => [memo.key, memo]));
    return (key: string) => ({ there: byKey.get(key) });
  } catch (error) {
    telemetry.error('quiet periods could not be read', { error });
    return () => undefined;
  }
};
