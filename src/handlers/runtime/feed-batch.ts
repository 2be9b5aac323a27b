import type { Tampering } from '../../alerts/tampering.ts';
import {
  NewerEventError,
  type RecordedEvent,
  type UnreadableEventError,
} from '../../events/recorded-event.ts';
import type { TagEvent } from '../../events/tag-event.ts';

/** An event that the change feed delivered. Positions grow from record to record of a batch, and may have gaps. */
export interface FeedEvent {
  readonly position: number;
  readonly recorded: RecordedEvent;
}

/** A record that this version cannot read: see {@link mayBeUpgraded}. */
export interface FeedUnreadable {
  readonly position: number;
  readonly error: UnreadableEventError;
}

/** A record that says that an event was changed or removed, which nothing in tagledger does. */
export interface FeedTampering {
  readonly position: number;
  /** DynamoDB's id of the record; empty where it gave none. */
  readonly recordId: string;
  readonly tampering: Tampering;
}

/**
 * A batch of the change feed, decoded. Each list is in the order of its positions. Order across records means nothing: a
 * record is a hint that an event exists.
 */
export interface FeedBatch {
  readonly events: readonly FeedEvent[];
  readonly unreadable: readonly FeedUnreadable[];
  readonly tampered: readonly FeedTampering[];
}

/** How long a consumer may still work. */
export interface InvocationClock {
  readonly remainingMs: () => number;
}

/**
 * A consumer of the change feed. Resolves to the positions to retry, of which the lowest counts: everything from it on is
 * delivered again. A rejection asks for the whole batch again.
 */
export type FeedConsumer = (batch: FeedBatch, clock: InvocationClock) => Promise<ReadonlySet<number>>;

/** The event types that `apply` acts on: its event source mapping delivers these and no others. */
export const APPLIED_TYPES: readonly TagEvent['type'][] = ['TagRequested', 'TagObserved'];

/** A batch of these events, at these positions. */
export const batchOfEvents = (events: readonly FeedEvent[]): FeedBatch => ({
  events,
  unreadable: [],
  tampered: [],
});

/** The positions of a batch's records, in order. */
export const positionsOf = ({ events, unreadable, tampered }: FeedBatch): number[] =>
  [...events, ...unreadable, ...tampered].map(({ position }) => position).sort((a, b) => a - b);

/** The part of a batch in front of a position. */
export const before = (batch: FeedBatch, end: number): FeedBatch => where(batch, (at) => at < end);

/** The part of a batch from a position on. */
export const startingAt = (batch: FeedBatch, start: number): FeedBatch => where(batch, (at) => at >= start);

const where = (
  { events, unreadable, tampered }: FeedBatch,
  isWanted: (position: number) => boolean,
): FeedBatch => ({
  events: events.filter(({ position }) => isWanted(position)),
  unreadable: unreadable.filter(({ position }) => isWanted(position)),
  tampered: tampered.filter(({ position }) => isWanted(position)),
});

/** The lowest of the positions to retry, which is where delivery resumes; undefined when there is none. */
export const firstOf = (retry: Iterable<number>): number | undefined => {
  let first: number | undefined;
  for (const position of retry) if (first === undefined || position < first) first = position;
  return first;
};

/** A deployment has reached all functions by then. */
const HOLD_MS = 15 * 60_000;

/**
 * Whether what failed with this error should come again, although this version can never read the event: a newer one
 * wrote it a moment ago, so this one is probably about to be replaced. Later on it must not hold up the change feed, and
 * is dealt with as damage is: a version that was rolled back would tag nothing any more.
 */
export const mayBeUpgraded = (error: unknown, now: Date): boolean =>
  error instanceof NewerEventError && now.getTime() - Date.parse(error.recordedAt ?? '') < HOLD_MS;
