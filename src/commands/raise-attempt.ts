import { kindOfStream } from '../events/ledger-stream.ts';
import { isOpen, type OpenRequest } from '../events/request.ts';
import type { Resource } from '../events/resource.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import { eventIdOf, type TagEvent, type TagFailed, type TagRequested } from '../events/tag-event.ts';
import { outcomeIdOf } from './record-outcome.ts';

/** When an attempt is overdue, and how many a request may have. */
export interface Overdue {
  readonly now: Date;
  /**
   * How long a first attempt may wait for its outcome before it counts as lost, in milliseconds.
   * The time doubles with each attempt, up to a day, so that few attempts are wasted while the
   * function that makes them is down.
   */
  readonly stuckAfterMs: number;
  /** The number of the last attempt that a request may have. */
  readonly attempts: number;
}

/**
 * Raises the next attempt of each open request whose retry is due or whose attempt was lost. `first` are the
 * first attempts of the resource's requests, whose cause, actor and rules are repeated. A request whose last
 * attempt was lost fails permanently, with an error that says that its outcome is unknown.
 */
export const raiseAttempts =
  (stream: ResourceArn, first: readonly TagRequested[], overdue: Overdue) =>
  (resource: Resource): TagEvent[] =>
    overdueRequests(stream, resource, overdue).flatMap((request): TagEvent[] => {
      const origin = first.find(({ eventId }) => eventId === request.id);
      if (!origin) return [];
      return request.attempt < overdue.attempts
        ? [nextAttempt(stream, origin, request, resource)]
        : [givenUp(stream, request, overdue)];
    });

/** The requests of a resource whose next attempt is due, or whose attempt was lost. */
export const overdueRequests = (
  stream: ResourceArn,
  resource: Resource,
  overdue: Overdue,
): readonly OpenRequest[] =>
  resourceRequests(stream, resource)
    .filter(isOpen)
    .filter((request) => isOverdue(request, overdue));

/** None in a stream of the ledger's own, where earlier versions allowed tag requests. */
const resourceRequests = (stream: ResourceArn, { requests }: Resource): Resource['requests'] =>
  kindOfStream(stream) === 'resource' ? requests : [];

/** Whether a request's next attempt is due, or its current one is lost. */
const isOverdue = (
  { status, attempt, retryAt, asked }: OpenRequest,
  { now, stuckAfterMs }: Overdue,
): boolean =>
  status === 'retrying'
    ? Date.parse(retryAt ?? asked) <= now.getTime()
    : Date.parse(asked) + Math.min(stuckAfterMs * 2 ** (attempt - 1), LONGEST_MS) <= now.getTime();

const LONGEST_MS = 24 * 3600_000;

/** It keeps the `effectiveAt` of its cause, from which the resource's age is known. */
const nextAttempt = (
  stream: ResourceArn,
  { cause, who, rules, effectiveAt }: TagRequested,
  { id, attempt, pending, overwrite }: OpenRequest,
  { unseenTags }: Resource,
): TagRequested => {
  const mayReplace = overwrite.filter((key) => pending.some((tag) => tag.key === key));
  return {
    type: 'TagRequested',
    eventId: eventIdOf('attempt', stream, `${id}/${attempt + 1}`),
    effectiveAt,
    cause,
    who,
    ...(rules && { rules }),
    tags: [...pending],
    ...(mayReplace.length > 0 && { overwrite: mayReplace }),
    attempt: attempt + 1,
    request: id,
    ...(unseenTags && { unseenTags }),
  };
};

const givenUp = (stream: ResourceArn, { id, attempt, error }: OpenRequest, { now }: Overdue): TagFailed => ({
  type: 'TagFailed',
  eventId: outcomeIdOf(stream, { request: id, attempt }),
  effectiveAt: now.toISOString(),
  request: id,
  attempt,
  code: 'NoOutcome',
  message: `the outcome of attempt ${attempt} was never recorded, and it was the last one${error ? `; the one before failed with ${error.code}` : ''}`,
  class: 'unknown',
});
