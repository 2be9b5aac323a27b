import type { Tag } from '../events/tag.ts';
import type { TagEvent, TagNote } from '../events/tag-event.ts';
import type { SkipReason } from '../intake/planned-write.ts';

/**
 * What would be recorded: a tag request, an end, a return from the Recycle Bin, tags observed on the resource, or nothing. Strongest first.
 */
export const OUTCOMES = ['request', 'retire', 'restore', 'observe', 'skip'] as const;
export type OutcomeKind = (typeof OUTCOMES)[number];

type TagObject = Readonly<Record<string, string>>;

/** What tagledger would record about a resource. */
export interface PlannedOutcome {
  readonly outcome: OutcomeKind;
  /** The reason code of a skip, as in the results of `ingest`. */
  readonly why?: SkipReason;
  /** Why nothing is requested, or on what condition. */
  readonly reason?: string;
  /** The tags that would be requested; never empty. */
  readonly tags?: TagObject;
  /** The tags that the resource was created with. */
  readonly birthTags?: TagObject;
  /** Notes on tags of the rules, such as those left out or truncated. */
  readonly notes?: readonly TagNote[];
}

/** The outcome that the first event planned for a resource stands for; a skip when there is no event. */
export const outcomeOf = (event: TagEvent | undefined): PlannedOutcome => {
  switch (event?.type) {
    case 'TagRequested': {
      const { tags, birth, notes, unseenTags } = event;
      return {
        outcome: 'request',
        ...(unseenTags && {
          reason: 'EC2 is asked first for the tags that were copied to it, which are kept',
        }),
        tags: objectOf(tags),
        ...born(birth?.tags),
        ...(notes && { notes }),
      };
    }
    case 'ResourceRetired':
      return { outcome: 'retire', ...(event.uncertain !== undefined && { reason: event.uncertain }) };
    case 'DependencyObserved':
      return { outcome: 'observe', reason: 'it tells with what resources end' };
    case 'ResourceRestored':
      return { outcome: 'restore' };
    case 'TagObserved': {
      const { how, set, notes } = event;
      if (how !== 'birth') return { outcome: 'observe', reason: 'somebody else changed its tags' };
      return { outcome: 'observe', reason: whyNone(notes), ...born(set), ...(notes && { notes }) };
    }
    default:
      return { outcome: 'skip', why: 'nothing-to-set', reason: 'there is nothing to record' };
  }
};

const whyNone = (notes: readonly TagNote[] = []): string =>
  notes.some(({ note }) => note === 'missing-field')
    ? 'the record lacks a field of every tag that it was not created with'
    : 'it was created with the tags, or with others under their keys that are kept';

/** The strongest outcome, the first one among equals. Undefined for an empty list. */
export const mainOutcome = (fates: readonly PlannedOutcome[]): PlannedOutcome | undefined =>
  OUTCOMES.map((outcome) => fates.find((fate) => fate.outcome === outcome)).find(Boolean);

/** The fields in which one outcome differs from the main one: all of them if the kind of outcome differs. */
export const difference = (own: PlannedOutcome, main: PlannedOutcome): Partial<PlannedOutcome> => {
  if (own.outcome !== main.outcome) return own;
  return {
    ...(own.reason && own.reason !== main.reason && { reason: own.reason }),
    ...(differs(own.tags, main.tags) && { tags: own.tags ?? {} }),
    ...(differs(own.birthTags, main.birthTags) && { birthTags: own.birthTags ?? {} }),
    ...(differs(own.notes, main.notes) && { notes: own.notes ?? [] }),
  };
};

const differs = (a: unknown, b: unknown): boolean => JSON.stringify(a) !== JSON.stringify(b);

/** `Object.fromEntries` creates an own property even for `__proto__`, which is a valid tag key. */
const objectOf = (tags: readonly Tag[]): TagObject =>
  Object.fromEntries(tags.map(({ key, value }) => [key, value]));

const born = (tags: readonly Tag[] = []): Pick<PlannedOutcome, 'birthTags'> =>
  tags.length > 0 ? { birthTags: objectOf(tags) } : {};
