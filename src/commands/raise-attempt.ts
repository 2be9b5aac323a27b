import { kindOfStream } from '../events/ledger-stream.ts';
import { isOpen, type OpenRequest, type Resource } from '../events/resource.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import { eventIdOf, type TagEvent, type TagFailed, type TagRequested } from '../events/tag-event.ts';
import { outcomeIdOf } from './record-outcome.ts';

/** When a request that waits has waited long enough. */
export interface Overdue {
  readonly now: Date;
  /**
   * A first attempt without an outcome is given up for lost after this long, in milliseconds, and each later one after
   * twice the time of the one before it, up to a day: while whoever makes the attempts is down, none should be used up in
   * vain.
   */
  readonly stuckAfterMs: number;
  /** The last attempt that a request may have. */
  readonly attempts: number;
}

/**
 * The next attempt of every request of a resource that is due, or whose attempt was lost. `first` are the first
 * attempts of its requests, from which cause, author and rules are repeated. A request whose last attempt was lost
 * fails for good: nobody knows what became of it, and it is said so.
 */
export const raiseAttempts =
  (stream: ResourceArn, first: readonly TagRequested[], overdue: Overdue) =>
  (resource: Resource): TagEvent[] =>
    resourceRequests(stream, resource).flatMap((request): TagEvent[] => {
      if (!isOpen(request) || !isOverdue(request, overdue)) return [];
      const origin = first.find(({ eventId }) => eventId === request.id);
      if (!origin) return [];
      return request.attempt < overdue.attempts
        ? [nextAttempt(stream, origin, request)]
        : [givenUp(stream, request, overdue)];
    });

/** None in a stream of the ledger's own, where earlier versions let callers ask for tags. */
const resourceRequests = (stream: ResourceArn, { requests }: Resource): Resource['requests'] =>
  kindOfStream(stream) === 'resource' ? requests : [];

/** Whether a request's next attempt is due, or the one it has is lost. */
const isOverdue = (
  { status, attempt, retryAt, asked }: OpenRequest,
  { now, stuckAfterMs }: Overdue,
): boolean =>
  status === 'retrying'
    ? Date.parse(retryAt ?? asked) <= now.getTime()
    : Date.parse(asked) + Math.min(stuckAfterMs * 2 ** (attempt - 1), LONGEST_MS) <= now.getTime();

const LONGEST_MS = 24 * 3600_000;

/** It happened in AWS when its cause did: by that the resource's age is known. */
const nextAttempt = (
  stream: ResourceArn,
  { cause, who, rules, effectiveAt }: TagRequested,
  { id, attempt, pending, overwrite }: OpenRequest,
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
