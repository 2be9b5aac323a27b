import { ADVICE } from '../alerts/notices/failure-alert.ts';
import type { RequestOutcomes } from '../events/fold/fold-requests.ts';
import type { RecordedEvent } from '../events/recorded-event.ts';
import { isOpen, type Request } from '../events/request.ts';
import { fold, historyOf } from '../events/resource.ts';
import type { Tag } from '../events/tag.ts';
import { type Cause, type FailureClass, requestIdOf, type TagNote, type Who } from '../events/tag-event.ts';
import { type WhoView, whoView } from './what-if.ts';

/** One attempt of a request and its outcome. */
export interface ExplainedAttempt {
  readonly attempt: number;
  readonly seq: number;
  readonly at: string;
  /** The keys that were set, or those still pending when the attempt failed. */
  readonly keys: readonly string[];
  readonly awsRequestId?: string;
  /** Present if only a simulated EC2 told the outcome. */
  readonly simulated?: true;
  /** Absent when EC2 accepted the tags. */
  readonly error?: AttemptError;
}

/** Why an attempt failed, and when the next one is due. */
export interface AttemptError {
  readonly code: string;
  readonly class: FailureClass;
  readonly message: string;
  /** When the next attempt is due; null when the failure is permanent or retries are exhausted. */
  readonly retryAt: string | null;
  readonly advice: string;
}

/** A request, or a creation at which the rules had nothing to request. */
export interface ExplainedRequest {
  /** The `eventId` of the request's first attempt, or of the observed creation. */
  readonly id: string;
  readonly seq: number;
  readonly at: string;
  readonly who: WhoView | null;
  readonly cause: Cause;
  /** Id of the rule set; null when no rule applied, and for a creation without a request. */
  readonly rules: string | null;
  readonly tags: readonly Tag[];
  readonly notes: readonly TagNote[];
  /** `nothing-asked` is a creation at which no tag was left to request. */
  readonly status: Request['status'] | 'nothing-asked';
  /** The keys that still wait for a successful attempt. */
  readonly pending: readonly string[];
  readonly attempts: readonly ExplainedAttempt[];
}

/** All requests of a stream and their outcomes, in the order of the stream. */
export const explainedRequests = (events: readonly RecordedEvent[]): ExplainedRequest[] => {
  const asks: ExplainedRequest[] = [];
  const attempts = new Map<string, ExplainedAttempt[]>();
  const { outcomes } = historyOf(events);
  for (const recorded of events) {
    const ask = askIn(recorded);
    // Later attempts of a request add nothing to it.
    if (ask && !attempts.has(ask.id)) {
      attempts.set(ask.id, []);
      asks.push(ask);
    }
    const ended = attemptIn(recorded, outcomes);
    if (ended) attempts.get(ended.request)?.push(ended.attempt);
  }
  const resource = fold(events);
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

/** The actor of an event; null when the event names none. */
export const whoOrNull = (who: Who | undefined): WhoView | null => (who ? whoView(who) : null);

const pendingOf = (request: Request | undefined): string[] =>
  request && isOpen(request) ? request.pending.map(({ key }) => key) : [];

const attemptIn = (
  { seq, event }: RecordedEvent,
  outcomes: RequestOutcomes,
): { readonly request: string; readonly attempt: ExplainedAttempt } | undefined => {
  if (event.type !== 'TagApplied' && event.type !== 'TagFailed') return undefined;
  const { request, attempt, effectiveAt: at } = event;
  const mark = event.simulated ? ({ simulated: true } as const) : {};
  if (event.type === 'TagApplied') {
    const { tags, awsRequestId } = event;
    const keys = tags.map(({ key }) => key);
    return { request, attempt: { attempt, seq, at, keys, ...(awsRequestId && { awsRequestId }), ...mark } };
  }
  const { code, class: failureClass, message, retryAt = null } = event;
  const keys = pendingOf(outcomes.get(seq));
  const error = { code, class: failureClass, message, retryAt, advice: ADVICE[failureClass] };
  return { request, attempt: { attempt, seq, at, keys, error, ...mark } };
};
