import { isLedgerStream } from '../events/ledger-stream.ts';
import type { RecordedEvent } from '../events/recorded-event.ts';
import { currentTags, fold, type Milestone } from '../events/resource.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import type { Tag } from '../events/tag.ts';

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
  /** Absent when its creation was never seen; its tags before its first event are then not known. */
  readonly born?: Milestone;
  readonly retired?: Milestone;
  /** Present when this is not a resource, but stands for those of a call: why they are not known. */
  readonly gap?: string;
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
   * Returns the earliest `effectiveAt` of the resource events known at `knownAt`; undefined when there are
   * none. A policy may have been in force earlier.
   */
  began(knownAt: string): Promise<string | undefined>;
}

/** Whether an event counts in a question about a moment. */
export const counts = (
  { asOf, knownAt }: Moment,
  { recordedAt, event }: { readonly recordedAt: string; readonly event: { readonly effectiveAt: string } },
): boolean => recordedAt <= knownAt && event.effectiveAt <= asOf;

/**
 * Folds a stream's events into the resource at a moment. Returns undefined when no event counts, and for the
 * ledger's own streams. This is the definition: every faster reader must return the same.
 */
export const resourceAt = (events: readonly RecordedEvent[], moment: Moment): ResourceAt | undefined => {
  const counted = events.filter((event) => counts(moment, event));
  const [first] = counted;
  if (!first || isLedgerStream(first.stream)) return undefined;
  const resource = fold(counted);
  const { born, retired, gap } = resource;
  return {
    arn: first.stream,
    ...(born && { born }),
    ...(retired && { retired }),
    ...(gap !== undefined && { gap }),
    tags: currentTags(resource),
  };
};
