import type { RecordedEvent } from '../events/recorded-event.ts';
import { parseArn } from '../events/resource-arn.ts';
import type { FailureClass, GapFound, TagFailed } from '../events/tag-event.ts';
import { groupBy } from '../shared/collections.ts';

/** A recorded failure, and a recorded call whose resources are not known. */
export type RecordedFailure = RecordedEvent & { readonly event: TagFailed };
export type RecordedGap = RecordedEvent & { readonly event: GapFound };

/** A recorded event that people must hear of. */
export type RecordedIncident = RecordedFailure | RecordedGap;

interface Place {
  /** Its quiet period: everything with the same key is one incident. */
  readonly key: string;
  readonly account: string;
  readonly region: string;
}

/** Failures that are one incident: the same class in the same account and Region, with the same prospect. */
export interface FailureIncident extends Place {
  readonly class: FailureClass;
  /** The earliest next attempt; absent when the failures are final. */
  readonly retryAt?: string;
  /** At least one, in the order in which they came. */
  readonly events: readonly RecordedFailure[];
}

/** Calls of one account and Region whose resources are not known. */
export interface GapIncident extends Place {
  readonly class: 'gap';
  /** At least one, in the order in which they came. */
  readonly events: readonly RecordedGap[];
}

/** Something that people are told in one message. */
export type Incident = FailureIncident | GapIncident;

/** Whether people must hear of an event. */
export const isAlarming = (recorded: RecordedEvent): recorded is RecordedIncident =>
  recorded.event.type === 'TagFailed' || recorded.event.type === 'GapFound';

/** Groups events into incidents, in the order in which they came. */
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

/** No part can hold a slash, so different parts never give the same key. */
const keyOf = ({ stream, event }: RecordedIncident): string => {
  const { account, region } = parseArn(stream);
  return event.type === 'GapFound'
    ? `quiet/final/gap/${account}/${region}`
    : `quiet/${event.retryAt ? 'delayed' : 'final'}/${event.class}/${account}/${region}`;
};
