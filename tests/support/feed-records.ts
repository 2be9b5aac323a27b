import { keyOf, toItem } from '../../src/adapters/dynamodb/ledger-item.ts';
import { tamperingOf } from '../../src/alerts/tampering.ts';
import { hashOf } from '../../src/events/hash-chain.ts';
import { type RecordedEvent, readRecorded, UnreadableEventError } from '../../src/events/recorded-event.ts';
import {
  type FeedBatch,
  type FeedConsumer,
  type FeedEvent,
  type FeedTampering,
  type FeedUnreadable,
  firstOf,
  type InvocationClock,
  startingAt,
} from '../../src/handlers/runtime/feed-batch.ts';

/** What the change feed delivers, without a position. */
type FeedPart =
  | Omit<FeedEvent, 'position'>
  | Omit<FeedUnreadable, 'position'>
  | Omit<FeedTampering, 'position'>;

/** A batch of these parts, at the positions 0, 1, 2... */
export const batchOf = (...parts: readonly FeedPart[]): FeedBatch => ({
  events: parts.flatMap((part, position) => ('recorded' in part ? [{ ...part, position }] : [])),
  unreadable: parts.flatMap((part, position) => ('error' in part ? [{ ...part, position }] : [])),
  tampered: parts.flatMap((part, position) => ('tampering' in part ? [{ ...part, position }] : [])),
});

/** A batch of these events, in this order. */
export const feedOf = (events: readonly RecordedEvent[]): FeedBatch =>
  batchOf(...events.map((recorded) => ({ recorded })));

/** An event as a newer version of tagledger would have written it: of a format that nobody knows today, with a hash that is right. */
export const asNewer = (recorded: RecordedEvent): RecordedEvent => {
  const body = recorded.body.replace(/"schemaVersion":\d/, '"schemaVersion":3');
  return { ...recorded, body, hash: hashOf({ ...recorded, body }) };
};

/** What the feed delivers of an event that cannot be read: of a damaged one, unless told. */
export const unreadable = (
  recorded: RecordedEvent,
  stored: RecordedEvent = { ...recorded, body: `${recorded.body} ` },
): FeedPart => {
  try {
    readRecorded(stored);
  } catch (error) {
    if (error instanceof UnreadableEventError) return { error };
  }
  throw new Error('the event can be read');
};

/** What the feed delivers of an event that was changed into another one, or removed; `by` as DynamoDB names who did it. */
export const tampered = (
  before: RecordedEvent,
  after?: RecordedEvent,
  { recordId = 'a record', by }: { readonly recordId?: string; readonly by?: string } = {},
): Omit<FeedTampering, 'position'> => ({
  recordId,
  tampering: tamperingOf({
    eventName: after ? 'MODIFY' : 'REMOVE',
    ...(by && { userIdentity: { PrincipalId: by } }),
    dynamodb: {
      ApproximateCreationDateTime: new Date('2026-03-31T20:00:05.000Z'),
      Keys: keyOf(before),
      OldImage: toItem(before),
      ...(after && { NewImage: toItem(after) }),
    } as NonNullable<Parameters<typeof tamperingOf>[0]['dynamodb']>,
  }),
});

/** An invocation that has a minute left, always. */
export const MINUTE: InvocationClock = { remainingMs: () => 60_000 };

/** A consumer that answers as Lambda understands it: with the lowest of the positions to retry alone. */
export const lowest =
  (consumer: FeedConsumer) =>
  async (batch: FeedBatch, clock: InvocationClock = MINUTE): Promise<ReadonlySet<number>> => {
    const first = firstOf(await consumer(batch, clock));
    return first === undefined ? DONE : from(first);
  };

/** The answer that asks for everything again from this position on. */
export const from = (position: number): ReadonlySet<number> => new Set([position]);

/** The answer that asks for nothing. */
export const DONE: ReadonlySet<number> = new Set();

/** What is delivered after such an answer: the records from the lowest position on. */
export const rest = (batch: FeedBatch, retry: ReadonlySet<number>): FeedBatch =>
  startingAt(batch, firstOf(retry) ?? Number.POSITIVE_INFINITY);
