import type { Tag } from '../events/tag.ts';
import type { TagEvent, TagNote } from '../events/tag-event.ts';
import type { SkipReason } from '../intake/planned-write.ts';

/** What would be recorded: a request for tags, an end, tags that are there without it, or nothing; strongest first. */
export const OUTCOMES = ['request', 'retire', 'observe', 'skip'] as const;
export type OutcomeKind = (typeof OUTCOMES)[number];

type TagObject = Readonly<Record<string, string>>;

/** What would become of a resource. */
export interface PlannedOutcome {
  readonly outcome: OutcomeKind;
  /** The kind of reason of what is skipped, in the words of `ingest`. */
  readonly why?: SkipReason;
  /** Why nothing is requested. */
  readonly reason?: string;
  /** The tags that would be requested; never empty. */
  readonly tags?: TagObject;
  /** The tags that it was born with. */
  readonly birthTags?: TagObject;
  /** Tags of the rules that are left out or cut. */
  readonly notes?: readonly TagNote[];
}

/** What the first event of a resource means for it. */
export const outcomeOf = (event: TagEvent | undefined): PlannedOutcome => {
  switch (event?.type) {
    case 'TagRequested': {
      const { tags, birth, notes } = event;
      return { outcome: 'request', tags: objectOf(tags), ...born(birth?.tags), ...(notes && { notes }) };
    }
    case 'ResourceRetired':
      return { outcome: 'retire' };
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
    ? 'the record lacks a field of every tag that it was not born with'
    : 'it was born with the tags, or with others under their keys that are kept';

/** The first of the strongest. */
export const mainOutcome = (fates: readonly PlannedOutcome[]): PlannedOutcome | undefined =>
  OUTCOMES.map((outcome) => fates.find((fate) => fate.outcome === outcome)).find(Boolean);

/** What must be said of one fate beside another: all when the outcome is another. */
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

/** `Object.fromEntries` makes members of its own also of `__proto__`, which is a valid tag key. */
const objectOf = (tags: readonly Tag[]): TagObject =>
  Object.fromEntries(tags.map(({ key, value }) => [key, value]));

const born = (tags: readonly Tag[] = []): Pick<PlannedOutcome, 'birthTags'> =>
  tags.length > 0 ? { birthTags: objectOf(tags) } : {};
