import { ADVICE } from '../alerts/notices/failure-alert.ts';
import type { RecordedEvent } from '../events/recorded-event.ts';
import { evolve, isOpen, type Request, type Resource, UNKNOWN } from '../events/resource.ts';
import type { Tag } from '../events/tag.ts';
import { type Cause, type FailureClass, requestIdOf, type TagNote, type Who } from '../events/tag-event.ts';
import { type WhoView, whoView } from './what-if.ts';

/** One attempt of a request, and how it ended. */
export interface ExplainedAttempt {
  readonly attempt: number;
  readonly seq: number;
  readonly at: string;
  /** What was set, or was still to be set when it failed. */
  readonly keys: readonly string[];
  readonly awsRequestId?: string;
  /** Absent where EC2 accepted the tags. */
  readonly error?: AttemptError;
}

/** Why an attempt failed, and what comes next. */
export interface AttemptError {
  readonly code: string;
  readonly class: FailureClass;
  readonly message: string;
  /** When another attempt is due; null when there will be none. */
  readonly retryAt: string | null;
  readonly advice: string;
}

/** An occasion at which the rules, or a caller, could ask for tags. */
export interface ExplainedRequest {
  /** The eventId of the request's first attempt, or of the birth. */
  readonly id: string;
  readonly seq: number;
  readonly at: string;
  readonly who: WhoView | null;
  readonly cause: Cause;
  /** Id of the rule set; null when the caller named the tags, and for a birth at which nothing was asked. */
  readonly rules: string | null;
  readonly tags: readonly Tag[];
  readonly notes: readonly TagNote[];
  /** `nothing-asked`: a birth at which nothing was left to ask for. */
  readonly status: Request['status'] | 'nothing-asked';
  /** The keys that still wait for an attempt. */
  readonly pending: readonly string[];
  readonly attempts: readonly ExplainedAttempt[];
}

/** Everything that was asked for in a stream, in its order, with what became of it. */
export const explainedRequests = (events: readonly RecordedEvent[]): ExplainedRequest[] => {
  const asks: ExplainedRequest[] = [];
  const attempts = new Map<string, ExplainedAttempt[]>();
  let resource: Resource = UNKNOWN;
  for (const recorded of events) {
    const ask = askIn(recorded);
    // Later attempts of a request ask for nothing new.
    if (ask && !attempts.has(ask.id)) {
      attempts.set(ask.id, []);
      asks.push(ask);
    }
    const ended = attemptIn(recorded, resource);
    if (ended) attempts.get(ended.request)?.push(ended.attempt);
    resource = evolve(resource, recorded);
  }
  return asks.map((ask) => {
    const request = resource.requests.find(({ id }) => id === ask.id);
    return {
      ...ask,
      status: request?.status ?? ask.status,
      pending: pendingOf(request),
      attempts: attempts.get(ask.id) ?? [],
    };
  });
};

const askIn = ({ seq, event }: RecordedEvent): ExplainedRequest | undefined => {
  const isRequest = event.type === 'TagRequested';
  if (!isRequest && !(event.type === 'TagObserved' && event.how === 'birth')) return undefined;
  const id = isRequest ? requestIdOf(event) : event.eventId;
  const { effectiveAt: at, cause, notes = [] } = event;
  const who = whoOrNull(event.who);
  const asked = isRequest
    ? { rules: event.rules ?? null, tags: event.tags, status: 'open' as const }
    : { rules: null, tags: [], status: 'nothing-asked' as const };
  return { id, seq, at, who, cause, ...asked, notes, pending: [], attempts: [] };
};

/** Who acted, where the event says it. */
export const whoOrNull = (who: Who | undefined): WhoView | null => (who ? whoView(who) : null);

const pendingOf = (request: Request | undefined): string[] =>
  request && isOpen(request) ? request.pending.map(({ key }) => key) : [];

const attemptIn = (
  { seq, event }: RecordedEvent,
  before: Resource,
): { readonly request: string; readonly attempt: ExplainedAttempt } | undefined => {
  if (event.type !== 'TagApplied' && event.type !== 'TagFailed') return undefined;
  const { request, attempt, effectiveAt: at } = event;
  if (event.type === 'TagApplied') {
    const { tags, awsRequestId } = event;
    const keys = tags.map(({ key }) => key);
    return { request, attempt: { attempt, seq, at, keys, ...(awsRequestId && { awsRequestId }) } };
  }
  const { code, class: failureClass, message, retryAt = null } = event;
  const keys = pendingOf(before.requests.find(({ id }) => id === request));
  const error = { code, class: failureClass, message, retryAt, advice: ADVICE[failureClass] };
  return { request, attempt: { attempt, seq, at, keys, error } };
};
