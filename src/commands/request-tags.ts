import type { FoldedEvent } from '../events/fold/act.ts';
import { isAmong } from '../events/recorded-event.ts';
import { fold, livesOf, type Resource, UNKNOWN } from '../events/resource.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import { sortedTags, type Tag } from '../events/tag.ts';
import {
  type Cause,
  eventIdOf,
  type TagEvent,
  type TagNote,
  type TagObserved,
  type TagRequested,
  type Who,
} from '../events/tag-event.ts';
import { isTheirs, type TagFact } from '../events/tag-fact.ts';
import { andGiveBack, giveBack, withNext } from './give-back.ts';

/** A request for tags on a resource, because of `cause`. */
export interface TagRequest {
  readonly cause: Cause;
  readonly who: Who;
  /** When the cause happened, ISO 8601, UTC, milliseconds. */
  readonly at: string;
  readonly tags: readonly Tag[];
  /** The keys among `tags` that may replace a value which tagledger did not set. */
  readonly overwrite: readonly string[];
  /** Id of the rule set that the tags come from; absent if the caller named them. */
  readonly rules?: string;
  readonly notes: readonly TagNote[];
  /** Present if the cause created the resource: the tags that it had from its first moment. */
  readonly birth?: {
    readonly tags: readonly Tag[];
    /** Keys that it had, whose values may be incomplete or missing. */
    readonly uncertain?: readonly string[];
    /** With what it ends, and what may end with it, as far as the cause tells it. */
    readonly endsWith?: string | undefined;
    readonly children?: readonly string[] | undefined;
    /** Whether tags were copied to it that the cause does not show. */
    readonly unseenTags?: true;
  };
  /** Whether the cause is only observed, so that nothing may follow from it. */
  readonly observing?: boolean;
}

/** The eventId of what a tag request records, whether a `TagRequested` or only the creation. */
export const askEventId = (stream: ResourceArn, cause: Cause): string => eventIdOf('ask', stream, cause.id);

/**
 * Requests the tags that the resource lacks. A key that somebody else set is kept unless the
 * request may overwrite it. If nothing is left to request, a creation is recorded as observed and
 * anything else is not recorded.
 */
export const decideTagRequest =
  (stream: ResourceArn, ask: TagRequest) =>
  (resource: Resource, events: readonly FoldedEvent[]): TagEvent[] => {
    const eventId = askEventId(stream, ask.cause);
    if (isAmong(events, eventId)) return giveBack(stream, events, eventId, ask.at);

    const observed = ask.birth && { ...creationOf(ask, ask.birth), eventId };
    const after = observed ? fold(withNext(events, observed)) : resource;
    const { before, isOpen } = lifeOf(ask, resource, after);
    const { tags, kept } = lacking(before, ask);
    const notes = [...ask.notes.filter((note) => !kept.some(({ key }) => key === note.key)), ...kept];
    const common = {
      eventId,
      effectiveAt: ask.at,
      cause: ask.cause,
      who: ask.who,
      ...(notes.length > 0 && { notes }),
    } as const;

    if (tags.length > 0 && isOpen) {
      const overwrite = ask.overwrite.filter((key) => tags.some((tag) => tag.key === key));
      const requested: TagRequested = {
        ...common,
        type: 'TagRequested',
        ...(ask.rules && { rules: ask.rules }),
        tags,
        ...(overwrite.length > 0 && { overwrite }),
        ...(ask.birth && { birth: { tags: sortedTags(ask.birth.tags) } }),
        ...dependenciesIn(ask.birth),
        attempt: 1,
        ...unseenBy(ask, resource),
      };
      return andGiveBack(stream, events, requested);
    }
    return observed ? andGiveBack(stream, events, { ...observed, ...common }) : [];
  };

/** Of a creation, what its record says is stored, whatever else is known by now. */
const unseenBy = ({ birth }: TagRequest, resource: Resource): Pick<TagRequested, 'unseenTags'> =>
  (birth ?? resource).unseenTags ? { unseenTags: true } : {};

const dependenciesIn = ({
  endsWith,
  children,
}: Partial<NonNullable<TagRequest['birth']>> = {}): Pick<TagObserved, 'endsWith' | 'children'> => ({
  ...(endsWith !== undefined && { endsWith }),
  ...(children && { children: [...children].sort() }),
});

const creationOf = (
  { cause, who, at, observing }: TagRequest,
  birth: NonNullable<TagRequest['birth']>,
): Omit<TagObserved, 'eventId'> => ({
  type: 'TagObserved',
  effectiveAt: at,
  cause,
  who,
  how: 'birth',
  set: sortedTags(birth.tags),
  removed: [],
  ...dependenciesIn(birth),
  ...(observing && { observing }),
  ...(birth.unseenTags && { unseenTags: true }),
});

/**
 * The life that a request is for: what was known of it before, and whether it is open. `after` is the resource with
 * the creation. A creation after an end begins a new life, without the tags of the one before.
 */
const lifeOf = ({ at }: TagRequest, resource: Resource, after: Resource) => ({
  before: livesOf(after).length > livesOf(resource).length ? UNKNOWN : resource,
  isOpen: !after.retired && (!after.formerLives || at >= (after.born?.at ?? '')),
});

/** The tags to ask for, and the keys that stay as they are, with the reason. */
const lacking = (resource: Resource, ask: TagRequest): { tags: Tag[]; kept: TagNote[] } => {
  const facts = factsBehind(resource, ask.birth?.tags ?? []);
  const wanted = sortedTags(ask.tags).filter(({ key, value }) => facts.get(key)?.value !== value);
  const kept = wanted.flatMap(({ key }): TagNote[] => {
    const note = whyKept(key, facts.get(key), resource, ask);
    return note ? [{ key, note }] : [];
  });
  return { tags: wanted.filter(({ key }) => !kept.some((note) => note.key === key)), kept };
};

type KnownTag = Pick<TagFact, 'value' | 'ours' | 'theirs'>;

/** What is known of a key is newer than the birth, also when the record of the birth comes late. */
const factsBehind = (resource: Resource, birthTags: readonly Tag[]): ReadonlyMap<string, KnownTag> => {
  const facts = new Map<string, KnownTag>(birthTags.map(({ key, value }) => [key, { value, ours: false }]));
  for (const fact of resource.tags) {
    // A value that tagledger put over a tag of the creation does not count: it will be given back.
    if (!fact.ours || fact.wins || !facts.has(fact.key)) facts.set(fact.key, fact);
  }
  return facts;
};

/** Why a key is not asked for: somebody else set it, or may have at its birth. Undefined where it is. */
const whyKept = (
  key: string,
  fact: KnownTag | undefined,
  resource: Resource,
  ask: TagRequest,
): TagNote['note'] | undefined => {
  if (ask.overwrite.includes(key)) return undefined;
  const isKnown = resource.tags.some((known) => known.key === key);
  if (!isKnown && ask.birth?.uncertain?.includes(key)) return 'uncertain';
  return fact !== undefined && isTheirs(fact) ? 'kept' : undefined;
};
