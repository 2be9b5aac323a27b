import type { Tampering } from '../../alerts/tampering.ts';
import {
  NewerEventError,
  type RecordedEvent,
  type UnreadableEventError,
} from '../../events/recorded-event.ts';
import type { TagEvent } from '../../events/tag-event.ts';

/** An event that the change feed delivered. Positions increase within a batch and can have gaps. */
export interface FeedEvent {
  readonly position: number;
  readonly recorded: RecordedEvent;
}

/** A record that this version cannot read: see {@link mayBeUpgraded}. */
export interface FeedUnreadable {
  readonly position: number;
  readonly error: UnreadableEventError;
}

/** A record of a changed or removed event. tagledger itself never changes or removes events. */
export interface FeedTampering {
  readonly position: number;
  /** DynamoDB's id of the record, or empty if it has none. */
  readonly recordId: string;
  readonly tampering: Tampering;
}

/**
 * A decoded batch of the change feed. Each list is ordered by position. The order of records carries no
 * meaning: a record is only a hint that an event exists.
 */
export interface FeedBatch {
  readonly events: readonly FeedEvent[];
  readonly unreadable: readonly FeedUnreadable[];
  readonly tampered: readonly FeedTampering[];
}

/** The time that a consumer has left. */
export interface InvocationClock {
  readonly remainingMs: () => number;
}

/**
 * A consumer of the change feed. Resolves to the positions to retry; delivery resumes at the lowest of them.
 * A rejection asks for redelivery of the whole batch.
 */
export type FeedConsumer = (batch: FeedBatch, clock: InvocationClock) => Promise<ReadonlySet<number>>;

/** The event types that `apply` acts on. Its event source mapping delivers only these. */
export const APPLIED_TYPES: readonly TagEvent['type'][] = ['TagRequested', 'TagObserved'];

/** Makes a batch that contains only these events. */
export const batchOfEvents = (events: readonly FeedEvent[]): FeedBatch => ({
  events,
  unreadable: [],
  tampered: [],
});

/** The positions of a batch's records, in order. */
export const positionsOf = ({ events, unreadable, tampered }: FeedBatch): number[] =>
  [...events, ...unreadable, ...tampered].map(({ position }) => position).sort((a, b) => a - b);

/** The part of a batch before position `end`. */
export const before = (batch: FeedBatch, end: number): FeedBatch => where(batch, (at) => at < end);

/** The part of a batch from position `start` on. */
export const startingAt = (batch: FeedBatch, start: number): FeedBatch => where(batch, (at) => at >= start);

const where = (
  { events, unreadable, tampered }: FeedBatch,
  isWanted: (position: number) => boolean,
): FeedBatch => ({
  events: events.filter(({ position }) => isWanted(position)),
  unreadable: unreadable.filter(({ position }) => isWanted(position)),
  tampered: tampered.filter(({ position }) => isWanted(position)),
});

/** The lowest position to retry, where delivery resumes; undefined if there is none. */
export const firstOf = (retry: Iterable<number>): number | undefined => {
  let first: number | undefined;
  for (const position of retry) if (first === undefined || position < first) first = position;
  return first;
};

/** By this time after the event, a deployment has reached all functions. */
const HOLD_MS = 15 * 60_000;

/**
 * Whether to retry an event that this version cannot read. True if a newer version wrote it recently, because
 * this version is then probably about to be replaced. After that the event is treated as damaged, so that it
 * does not block the change feed: after a rollback, nothing would be tagged any more.
 */
export const mayBeUpgraded = (error: unknown, now: Date): boolean =>
  error instanceof NewerEventError && now.getTime() - Date.parse(error.recordedAt ?? '') < HOLD_MS;
