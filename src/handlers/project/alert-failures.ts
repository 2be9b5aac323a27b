import { type CloudWatch, countIncidents } from '../../alerts/count-incidents.ts';
import type { PublishNoticesDeps } from '../../alerts/held-notices.ts';
import { incidentsOf, isAlarming } from '../../alerts/incident.ts';
import { noticeOf } from '../../alerts/notices/incident-notice.ts';
import { publishNotices } from '../../alerts/publish-notices.ts';
import type { FeedConsumer } from '../runtime/feed-batch.ts';

/** The dependencies of {@link alertFailures}. */
export interface AlertFailuresDeps extends PublishNoticesDeps {
  /**
   * The suppression window after a message, in ms. More incidents of its kind are only counted in that time.
   */
  readonly quietMs: number;
  readonly cloudwatch: CloudWatch;
}

/**
 * The change feed consumer that alerts on failures and on calls whose resources are not known. It publishes
 * at most one SNS message for each class, account, Region and prospect in a suppression window, and counts
 * every incident in CloudWatch. Records whose message could not be published are redelivered. If counting
 * fails, it is logged and not repeated, because redelivery would repeat the messages. Counts are at least
 * once: a redelivered batch counts again.
 */
export const alertFailures =
  ({ quietMs, cloudwatch, ...deps }: AlertFailuresDeps): FeedConsumer =>
  async ({ events }) => {
    const positions = new Map(events.map(({ position, recorded }) => [recorded, position]));
    const incidents = incidentsOf([...positions.keys()].filter(isAlarming));
    if (incidents.length === 0) return new Set();

    const final = incidents.flatMap((one) => (one.class === 'gap' || one.retryAt ? [] : one.events));
    deps.telemetry.count('FinalFailures', new Set(final.map(({ stream }) => stream)).size);
    const notices = incidents.map((incident) => noticeOf(incident, quietMs));
    const again = await publishNotices(deps, notices);
    try {
      await countIncidents(cloudwatch, incidents, deps.now());
    } catch (error) {
      deps.telemetry.error('failures could not be counted in CloudWatch', { error });
    }
    const unheard = incidents.filter((_, i) => again.has(notices[i] as (typeof notices)[number]));
    return new Set(unheard.flatMap((incident) => incident.events.flatMap((one) => positions.get(one) ?? [])));
  };
