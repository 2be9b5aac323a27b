import { type CloudWatch, countIncidents } from '../../alerts/count-incidents.ts';
import type { PublishNoticesDeps } from '../../alerts/held-notices.ts';
import { incidentsOf, isAlarming } from '../../alerts/incident.ts';
import { noticeOf } from '../../alerts/notices/incident-notice.ts';
import { publishNotices } from '../../alerts/publish-notices.ts';
import type { FeedConsumer } from '../runtime/feed-batch.ts';

/** What `alert` needs from outside. */
export interface AlertFailuresDeps extends PublishNoticesDeps {
  /** After a message, how long others of its kind are only counted, in ms. */
  readonly quietMs: number;
  readonly cloudwatch: CloudWatch;
}

/**
 * The consumer behind the change feed that makes failures heard, and calls whose resources are not known: at most one SNS
 * message for each class, account, Region and prospect in a quiet period, and a count in CloudWatch of every one. What
 * could not be told comes again with its records. The count is given up after an error, with a log line: to have the
 * batch again for its sake would repeat the messages. Counts are at least once: a batch that comes again counts again.
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
