import { replay } from '../events/fold/replay.ts';
import { isLedgerStream } from '../events/ledger-stream.ts';
import type { Life, Milestone, Uncertainty } from '../events/life.ts';
import type { RecordedEvent } from '../events/recorded-event.ts';
import { currentTags, gapIn, historyOf, livesIn } from '../events/resource.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import type { Tag } from '../events/tag.ts';
import type { TagFact } from '../events/tag-fact.ts';
import type { Span } from './span.ts';

/** The two times of a question, both in ISO 8601, UTC, milliseconds. */
export interface Moment {
  /** What was true in AWS: events that took effect (`effectiveAt`) at that instant or earlier. */
  readonly asOf: string;
  /** What the ledger knew: events recorded (`recordedAt`) at that instant or earlier. */
  readonly knownAt: string;
}

/** A resource as it was at a {@link Moment}. */
export interface ResourceAt {
  readonly arn: ResourceArn;
  /**
   * The creation of the life that it had last. Absent when that was never seen; its tags before its first event
   * are then not known.
   */
  readonly born?: Milestone;
  /** When a baseline first showed that life, while its creation is not known. Its tags are known from then on. */
  readonly found?: string;
  readonly retired?: Milestone;
  /** It may have ended, and nothing until the moment shows that it exists. */
  readonly uncertain?: Uncertainty;
  /** The lives before that one; absent if there are none. */
  readonly formerLives?: readonly Life[];
  /** Present when this is not a resource, but stands for those of a call: why they are not known. */
  readonly gap?: string;
  /**
   * Present while it may have tags that nobody has seen, copied from its source when it was created. `lacks` are
   * the keys that it certainly does not have, sorted.
   */
  readonly unseen?: { readonly lacks: readonly string[] };
  /** Sorted by key. */
  readonly tags: readonly Tag[];
}

/** Reads a fleet as it was at a moment. */
export interface FleetReader {
  /**
   * Yields every resource with an event that counts at the moment, ended ones included, sorted by ARN. With
   * `after`, only those whose ARN comes after it, so that the next page can continue. Yields batches, to be
   * read one after the other, because awaiting each of a million resources would cost more than reading them.
   */
  at(moment: Moment, after?: ResourceArn): AsyncIterable<Iterable<ResourceAt>>;
  /**
   * Returns the time that the resource events known at `knownAt` span; undefined when there are none. Events that say
   * that they took effect later than `knownAt` do not count: nobody has heard of that time yet.
   */
  span(knownAt: string): Promise<Span | undefined>;
}

/** Whether an event counts in a question about a moment. */
export const counts = (
  { asOf, knownAt }: Moment,
  { recordedAt, event }: { readonly recordedAt: string; readonly event: { readonly effectiveAt: string } },
): boolean => recordedAt <= knownAt && event.effectiveAt <= asOf;

/** What may be there beside the known tags. `tags` are the facts about keys, sorted by key. */
export const unseenIn = (
  unseenTags: true | undefined,
  tags: readonly Pick<TagFact, 'key' | 'value'>[],
): Pick<ResourceAt, 'unseen'> =>
  unseenTags ? { unseen: { lacks: tags.flatMap(({ key, value }) => (value === null ? [key] : [])) } } : {};

/**
 * Folds a stream's events into the resource at a moment: replays the acts until `asOf` of which the ledger knew at
 * `knownAt`. What EventBridge told belongs to the time of its call. Returns undefined when no event counts, and
 * for the ledger's own streams. This is the definition: every faster reader must return the same.
 */
export const resourceAt = (events: readonly RecordedEvent[], moment: Moment): ResourceAt | undefined => {
  const [first] = events;
  if (!first || isLedgerStream(first.stream) || !events.some((event) => counts(moment, event)))
    return undefined;
  const known = events.filter(({ recordedAt }) => recordedAt <= moment.knownAt);
  const { acts, outcomes } = historyOf(known);
  const until = acts.filter(({ at }) => at <= moment.asOf);
  const replayed = replay(until, outcomes);
  const gap = gapIn(until);
  const tags = [...replayed.facts.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  return {
    arn: first.stream,
    ...livesIn(replayed),
    ...(gap !== undefined && { gap }),
    ...unseenIn(replayed.unseenTags, tags),
    tags: currentTags({ tags }),
  };
};
