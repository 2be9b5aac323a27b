import pMap from 'p-map';
import { copiedTagsOf } from '../../cloudtrail/operations/copied-tags.ts';
import { giveBack } from '../../commands/give-back.ts';
import { type Ledger, transact } from '../../commands/transact.ts';
import type { EventStore, Place } from '../../events/event-store.ts';
import { kindOfStream } from '../../events/ledger-stream.ts';
import { type RecordedEvent, UnreadableEventError } from '../../events/recorded-event.ts';
import { fold } from '../../events/resource.ts';
import { parseArn, type ResourceArn } from '../../events/resource-arn.ts';
import type { Tag } from '../../events/tag.ts';
import { requestIdOf } from '../../events/tag-event.ts';
import type { FeedEvent } from '../runtime/feed-batch.ts';

/** A request that is waiting for its attempt. */
export interface Due {
  /** The position of its record in the batch. */
  readonly position: number;
  readonly stream: ResourceArn;
  readonly request: string;
  /** The id of the request's cause. */
  readonly cause: string;
  readonly attempt: number;
  /** When the cause of the request happened, in ms since the epoch. The resource is at least this old. */
  readonly askedAt: number;
  /** When the ledger recorded the request, in ms since the epoch. */
  readonly recordedAt: number;
  readonly tags: readonly Tag[];
  /** Whether EC2 must be asked first which tags were copied to the resource. */
  readonly mustAsk: boolean;
  /** The events of the stream that were read; undefined if only the request itself was read. */
  readonly known: readonly RecordedEvent[] | undefined;
}

const READS_AT_ONCE = 16;

/**
 * Finds the requests that still wait for an attempt, each with the tags that it may still set. An unreadable
 * stream affects only its own requests.
 */
export const dueRequests = async (
  ledger: Ledger,
  events: readonly FeedEvent[],
  onUnreadable: (event: FeedEvent, error: unknown) => void,
): Promise<Due[]> => {
  const requested = new Map<string, FeedEvent>();
  for (const one of events) {
    const { event, stream } = one.recorded;
    // Earlier versions accepted tag requests for the ledger's own streams. Such a request has no outcome.
    if (kindOfStream(stream) !== 'resource') continue;
    if (event.type === 'TagRequested') requested.set(event.eventId, requested.get(event.eventId) ?? one);
  }
  const isFollowed = await followers(ledger.store, [...requested.values()]);
  const dueOf = async ({ position, recorded }: FeedEvent): Promise<Due | undefined> => {
    const { stream, seq, event } = recorded;
    if (event.type !== 'TagRequested') return undefined;
    const request = requestIdOf(event);
    const base = {
      position,
      stream,
      request,
      cause: event.cause.id,
      attempt: event.attempt,
      askedAt: Date.parse(event.effectiveAt),
      recordedAt: Date.parse(recorded.recordedAt),
    };
    if (!isFollowed(recorded)) {
      const mustAsk = event.unseenTags === true || mayHaveUnseenTags(recorded);
      return { ...base, tags: event.tags, mustAsk, known: seq === 1 ? [recorded] : undefined };
    }
    const known = await ledger.store.read(stream);
    const { requests, unseenTags = false } = fold(known);
    const state = requests.find((r) => r.id === request);
    if (state?.status !== 'open' || state.attempt !== event.attempt) {
      // An earlier invocation may have crashed between an outcome and the give-back that follows it.
      const { eventId, effectiveAt } = event;
      await transact(ledger, stream, (_, events) => giveBack(stream, events, eventId, effectiveAt), known);
      return undefined;
    }
    return { ...base, tags: state.pending, mustAsk: unseenTags || mayHaveUnseenTags(recorded), known };
  };
  const due = await pMap(
    requested.values(),
    (one) => dueOf(one).catch((error: unknown) => onUnreadable(one, error)),
    { concurrency: READS_AT_ONCE },
  );
  return due.flatMap((one) => one ?? []);
};

/** Whether a request of format 1, which cannot say it, is for what its cause may have copied tags to. */
const mayHaveUnseenTags = ({ schemaVersion, stream, event }: RecordedEvent): boolean =>
  schemaVersion === 1 &&
  event.type === 'TagRequested' &&
  copiedTagsOf(event.cause.name ?? '')?.type === parseArn(stream).type;

/**
 * Looks up, in one query, whether each request is followed by another event in its stream. If one of those
 * events is unreadable, every request counts as followed, so that each stream is read and fails separately.
 */
const followers = async (
  store: EventStore,
  requests: readonly FeedEvent[],
): Promise<(place: Place) => boolean> => {
  const next = ({ stream, seq }: Place): Place => ({ stream, seq: seq + 1 });
  try {
    const found = await store.find(requests.map(({ recorded }) => next(recorded)));
    const names = new Set(found.map(placeName));
    return (place) => names.has(placeName(next(place)));
  } catch (error) {
    if (!(error instanceof UnreadableEventError)) throw error;
    return () => true;
  }
};

const placeName = ({ stream, seq }: Place): string => `${seq} ${stream}`;
