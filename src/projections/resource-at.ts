import { isLedgerStream } from '../events/ledger-stream.ts';
import type { RecordedEvent } from '../events/recorded-event.ts';
import { currentTags, fold, type Milestone } from '../events/resource.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import type { Tag } from '../events/tag.ts';

/** The two times of a question, both ISO 8601, UTC, milliseconds. */
export interface Moment {
  /** What was true in AWS then: facts that became so (`effectiveAt`) at that instant or earlier. */
  readonly asOf: string;
  /** What the ledger knew then: events recorded (`recordedAt`) at that instant or earlier. */
  readonly knownAt: string;
}

/** A resource as it was at a {@link Moment}. */
export interface ResourceAt {
  readonly arn: ResourceArn;
  /** Absent when its birth was never seen: what it bore before its first event is not known. */
  readonly born?: Milestone;
  readonly retired?: Milestone;
  /** Why it stands for the unknown resources of a call, and is none itself. */
  readonly gap?: string;
  /** Sorted by key. */
  readonly tags: readonly Tag[];
}

/** Reads a fleet as it was. */
export interface FleetReader {
  /**
   * Every resource of which something was known and true at the moment, retired ones too, sorted by ARN; with `after`
   * only those whose ARN comes after it, so that a reader of pages goes on where it was. They come some at a time, to be gone
   * through in turn: to wait for each of a million would take longer than to read them.
   */
  at(moment: Moment, after?: ResourceArn): AsyncIterable<Iterable<ResourceAt>>;
  /**
   * When the first event of a resource became true (`effectiveAt`), of those known at `knownAt`; undefined where there is
   * none. A policy may have been in force before anything was known.
   */
  began(knownAt: string): Promise<string | undefined>;
}

/** Whether a question at the moment takes an event into account. */
export const counts = (
  { asOf, knownAt }: Moment,
  { recordedAt, event }: { readonly recordedAt: string; readonly event: { readonly effectiveAt: string } },
): boolean => recordedAt <= knownAt && event.effectiveAt <= asOf;

/**
 * The resource that a stream's events give at a moment; undefined when none of them counts, and for a stream of
 * the ledger's own. This is the definition: every faster way must give the same.
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
