import type { FoldedEvent } from '../events/fold/act.ts';
import { isAmong } from '../events/recorded-event.ts';
import { isOpen } from '../events/request.ts';
import type { Resource } from '../events/resource.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import type { Tag } from '../events/tag.ts';
import {
  eventIdOf,
  type FailureClass,
  type TagApplied,
  type TagEvent,
  type TagFailed,
} from '../events/tag-event.ts';
import { andGiveBack, giveBack } from './give-back.ts';

/** One attempt of a request; `request` is the eventId of the request's first attempt. */
export interface Attempt {
  readonly request: string;
  readonly attempt: number;
}

/** EC2 accepted `tags` at `at`. */
export interface Success {
  readonly at: string;
  readonly tags: readonly Tag[];
  readonly awsRequestId?: string;
}

/** EC2 refused at `at`; permanently if `retryAt` is absent. */
export interface Failure {
  readonly at: string;
  readonly code: string;
  readonly message: string;
  readonly class: FailureClass;
  readonly retryAt?: string;
}

/**
 * Records that EC2 accepted an attempt's tags. It is recorded even if the request was superseded in the
 * meantime, because the tags are on the resource.
 */
export const recordApplied =
  (stream: ResourceArn, of: Attempt, { at, tags, awsRequestId }: Success) =>
  (resource: Resource, events: readonly FoldedEvent[]): TagEvent[] => {
    const eventId = outcomeIdOf(stream, of);
    if (isAmong(events, eventId)) return giveBack(stream, events, eventId, at);
    if (!requestOf(resource, of)) return [];
    const applied: TagApplied = {
      type: 'TagApplied',
      eventId,
      effectiveAt: at,
      request: of.request,
      attempt: of.attempt,
      tags: [...tags],
      ...(awsRequestId && { awsRequestId }),
    };
    return andGiveBack(stream, events, applied);
  };

/** Records that an attempt failed, unless its request has already ended. */
export const recordFailed =
  (stream: ResourceArn, of: Attempt, { at, code, message, class: failureClass, retryAt }: Failure) =>
  (resource: Resource, events: readonly FoldedEvent[]): TagEvent[] => {
    const eventId = outcomeIdOf(stream, of);
    const request = requestOf(resource, of);
    if (isAmong(events, eventId) || !request || !isOpen(request)) return [];
    const failed: TagFailed = {
      type: 'TagFailed',
      eventId,
      effectiveAt: at,
      request: of.request,
      attempt: of.attempt,
      code,
      message,
      class: failureClass,
      ...(retryAt && { retryAt }),
    };
    return [failed];
  };

/** Success and failure share one id, so an attempt that ran twice still has one outcome. */
export const outcomeIdOf = (stream: ResourceArn, { request, attempt }: Attempt): string =>
  eventIdOf('outcome', stream, `${request}/${attempt}`);

const requestOf = (resource: Resource, { request, attempt }: Attempt) =>
  resource.requests.find((r) => r.id === request && r.attempt === attempt);
