import { arnOf } from '../../src/events/resource-arn.ts';
import type { Tag } from '../../src/events/tag.ts';
import {
  type Cause,
  eventIdOf,
  requestIdOf,
  type TagApplied,
  type TagEvent,
  type TagFailed,
  type TagObserved,
  type TagRequested,
  type Who,
} from '../../src/events/tag-event.ts';

/** The resource of these tests. */
export const STREAM = arnOf({
  account: '111122223333',
  region: 'eu-west-1',
  type: 'instance',
  id: 'i-0abc',
});

export const ADA: Who = { name: 'ada', kind: 'IAMUser' };
export const BOB: Who = { name: 'bob', kind: 'IAMUser' };

/** A minute of the day on which everything happens. */
export const minute = (n: number): string => new Date(Date.UTC(2026, 2, 31, 12, n)).toISOString();

/** A CloudTrail event, by its id. */
export const trail = (id: string, name = 'RunInstances'): Cause => ({ source: 'cloudtrail', id, name });

/** `{Owner: 'ada'}` as a list of tags, in the order in which it is written. */
export const tags = (byKey: Readonly<Record<string, string>>): Tag[] =>
  Object.entries(byKey).map(([key, value]) => ({ key, value }));

/** What an ask of Ada's recorded; `more` replaces or adds. */
export const requested = (
  cause: Cause,
  at: string,
  wanted: Readonly<Record<string, string>>,
  more: Partial<TagRequested> = {},
): TagRequested => ({
  type: 'TagRequested',
  eventId: eventIdOf('ask', STREAM, cause.id),
  effectiveAt: at,
  cause,
  who: ADA,
  tags: tags(wanted),
  attempt: 1,
  ...more,
});

/** A later attempt of a request, as `reconcile` raises it. */
export const attempted = (request: TagRequested, attempt: number, at: string): TagRequested => ({
  ...request,
  eventId: eventIdOf('attempt', STREAM, `${request.eventId}/${attempt}`),
  effectiveAt: at,
  attempt,
  request: request.eventId,
});

/** That the tags of a request were applied. */
export const applied = (request: TagRequested, at: string, more: Partial<TagApplied> = {}): TagApplied => ({
  type: 'TagApplied',
  eventId: outcomeId(request),
  effectiveAt: at,
  request: requestIdOf(request),
  attempt: request.attempt,
  tags: request.tags,
  ...more,
});

/** That a request failed for good, unless `more` has a `retryAt`. */
export const failed = (request: TagRequested, at: string, more: Partial<TagFailed> = {}): TagFailed => ({
  type: 'TagFailed',
  eventId: outcomeId(request),
  effectiveAt: at,
  request: requestIdOf(request),
  attempt: request.attempt,
  code: 'UnauthorizedOperation',
  message: 'You are not authorized to perform this operation.',
  class: 'denied',
  ...more,
});

/** That Bob set and removed tags. */
export const observed = (
  cause: Cause,
  at: string,
  set: Readonly<Record<string, string>>,
  removed: TagObserved['removed'] = [],
): TagObserved => ({
  type: 'TagObserved',
  eventId: eventIdOf('observe', STREAM, cause.id),
  effectiveAt: at,
  cause,
  who: BOB,
  how: 'change',
  set: tags(set),
  removed,
});

/** That Ada's creation of the resource was recorded without a request. */
export const bornWith = (
  cause: Cause,
  at: string,
  set: Readonly<Record<string, string>>,
  more: Partial<TagObserved> = {},
): TagObserved => ({
  ...observed(cause, at, set),
  eventId: eventIdOf('ask', STREAM, cause.id),
  who: ADA,
  how: 'birth',
  ...more,
});

/** That Bob deleted the resource. */
export const retired = (cause: Cause, at: string): TagEvent => ({
  type: 'ResourceRetired',
  eventId: eventIdOf('retire', STREAM, cause.id),
  effectiveAt: at,
  cause,
  who: BOB,
});

const outcomeId = (request: TagRequested): string =>
  eventIdOf('outcome', STREAM, `${requestIdOf(request)}/${request.attempt}`);

/** That values which tagledger had taken from somebody are asked for again, because of `event`; they stood there since seq `seq`. */
export const givenBack = (
  event: TagEvent,
  wanted: Readonly<Record<string, string>>,
  seq: number,
): TagRequested => ({
  type: 'TagRequested',
  eventId: eventIdOf(
    'give-back',
    STREAM,
    Object.keys(wanted)
      .map((key) => `${seq} ${key}`)
      .join('\n'),
  ),
  effectiveAt: event.effectiveAt,
  cause: { source: 'tagledger', id: event.eventId, name: 'give-back' },
  who: { name: 'tagledger', kind: 'Tagledger' },
  tags: tags(wanted),
  attempt: 1,
});
