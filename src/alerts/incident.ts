import type { RecordedEvent } from '../events/recorded-event.ts';
import { parseArn } from '../events/resource-arn.ts';
import type { FailureClass, GapFound, TagFailed } from '../events/tag-event.ts';
import { groupBy } from '../shared/collections.ts';

/** A recorded failure to tag a resource. */
export type RecordedFailure = RecordedEvent & { readonly event: TagFailed };
/** A recorded call whose resources are not known. */
export type RecordedGap = RecordedEvent & { readonly event: GapFound };

/** A recorded event that causes an alert. */
export type RecordedIncident = RecordedFailure | RecordedGap;

interface Place {
  /** The key of its suppression window: all events with the same key are one incident. */
  readonly key: string;
  readonly account: string;
  readonly region: string;
}

/** Failures of one class, account and Region that are one incident: all final, or all to be retried. */
export interface FailureIncident extends Place {
  readonly class: FailureClass;
  /** The earliest next attempt; absent if the failures are final. */
  readonly retryAt?: string;
  /** At least one, in the order of arrival. */
  readonly events: readonly RecordedFailure[];
}

/** Calls of one account and Region whose resources are not known. */
export interface GapIncident extends Place {
  readonly class: 'gap';
  /** At least one, in the order of arrival. */
  readonly events: readonly RecordedGap[];
}

/** What one alert is about. */
export type Incident = FailureIncident | GapIncident;

/** Whether an event causes an alert. */
export const isAlarming = (recorded: RecordedEvent): recorded is RecordedIncident =>
  recorded.event.type === 'TagFailed' || recorded.event.type === 'GapFound';

/** Groups events into incidents, in the order of arrival. */
export const incidentsOf = (events: readonly RecordedIncident[]): Incident[] =>
  [...groupBy(events, keyOf)].map(([key, group]) => {
    const { account, region } = parseArn((group[0] as RecordedIncident).stream);
    const place = { key, account, region };
    const failures = group.filter((recorded) => recorded.event.type === 'TagFailed') as RecordedFailure[];
    const [failure] = failures;
    if (!failure) return { ...place, class: 'gap', events: group as RecordedGap[] };
    const [retryAt] = failures.flatMap(({ event }) => event.retryAt ?? []).sort();
    return { ...place, class: failure.event.class, ...(retryAt && { retryAt }), events: failures };
  });

/** No part can contain a slash, so different parts never yield the same key. */
const keyOf = ({ stream, event }: RecordedIncident): string => {
  const { account, region } = parseArn(stream);
  return event.type === 'GapFound'
    ? `quiet/final/gap/${account}/${region}`
    : `quiet/${event.retryAt ? 'delayed' : 'final'}/${event.class}/${account}/${region}`;
};
