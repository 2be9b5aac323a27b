import type { CreationEvent } from '../creation.ts';
import type { RecordedEvent } from '../recorded-event.ts';
import type { Tag } from '../tag.ts';
import type { DependencyObserved, ResourceRetired, Who } from '../tag-event.ts';

/** What the fold reads of an event: also an event that has no place in the ledger yet can be folded. */
export type FoldedEvent = Pick<RecordedEvent, 'seq' | 'recordedAt' | 'event'>;

/**
 * What one event, or the two events of one act, say about a resource.
 *
 * - `creation`: a call created it with the tags in `set`.
 * - `tags`: `set` was set, `removed` was removed, and each tag in `removedIf` was removed if the resource had it.
 * - `end`: it was deleted, or may have been (`uncertain`), or was deleted if it depended on another resource that
 *   ended (`endedWith`). `repetition`: a call found it already ended, or about to end.
 * - `dependency`: with what it ends became known, or changed.
 * - `restoration`: it came back from the Recycle Bin.
 * - `sighting`: AWS showed that it existed with the tags in `set`, and no others.
 */
export interface Act {
  readonly what: 'creation' | 'tags' | 'dependency' | 'end' | 'repetition' | 'restoration' | 'sighting';
  readonly source: FoldedEvent;
  readonly at: string;
  /** Whole seconds since 1970: the time of CloudTrail's records is no more exact. */
  readonly second: number;
  /**
   * Orders acts of which nothing else tells the order, so that it is the same in every answer: the cause's id, then
   * the event's own.
   */
  readonly id: string;
  /** Absent if no record names who acted. */
  readonly who?: Who;
  readonly set: readonly Tag[];
  readonly removed: readonly string[] | 'all';
  readonly removedIf: readonly Tag[];
  /** With what it ends from then on. Absent if the act does not tell it. */
  readonly endsWith?: string;
  readonly uncertain?: string;
  readonly endedWith?: string;
  /** In a creation: it may have had other tags than those in `set`, copied from its source. */
  readonly unseenTags?: true;
  /** In what EC2 showed: the resource had no other tags than those that are known with it. */
  readonly allSeen?: true;
  /** Where the act stands among those of its second; absent if only CloudTrail tells of it. */
  readonly place?: Place;
  /** Of a sighting: AWS certainly shows what happened before this moment, but perhaps not what came later. */
  readonly settledAt?: string;
  /** What EventBridge told of the same act (see `joinActs`). */
  readonly told?: Act;
}

/** The place of an act in time, as exactly as its source tells it. */
interface Place {
  readonly ms: number;
  /** Whose count orders acts of the same millisecond. */
  readonly by: 'eventbridge' | 'tagledger';
  /** EventBridge's `version`, or the place in the stream of what tagledger did. */
  readonly count: number;
}

/** The act of an event; undefined for an event that says nothing about the resource itself. */
export const actOf = (source: FoldedEvent): Act | undefined => {
  const { event } = source;
  switch (event.type) {
    case 'TagRequested':
      return (
        event.birth &&
        act(source, 'creation', {
          set: event.birth.tags,
          who: event.who,
          ...dependencyIn(event),
          ...unseenIn(event),
        })
      );
    case 'TagApplied':
      return act(source, 'tags', { set: event.tags });
    case 'TagObserved': {
      const { how, set, removed, removedIf = [], who, complete } = event;
      if (complete) return act(source, 'sighting', { set, ...complete });
      const by = who && { who };
      return how === 'birth'
        ? act(source, 'creation', { set, ...by, ...dependencyIn(event), ...unseenIn(event) })
        : act(source, 'tags', { set, removed, removedIf, ...by, ...(event.allSeen && { allSeen: true }) });
    }
    case 'ResourceRetired':
      return act(source, event.repeated ? 'repetition' : 'end', endIn(event));
    case 'DependencyObserved':
      return act(source, 'dependency', dependencyIn(event));
    case 'ResourceRestored':
      return act(source, 'restoration', { who: event.who });
    case 'GapFound':
      return act(source, 'creation', { who: event.who });
    case 'TagFailed':
    case 'PolicyRecorded':
    case 'TamperDetected':
    case 'CoverageRecorded':
      return undefined;
  }
};

const unseenIn = ({ unseenTags }: CreationEvent): Pick<Act, 'unseenTags'> =>
  unseenTags ? { unseenTags: true } : {};

const dependencyIn = ({ endsWith }: Pick<DependencyObserved, 'endsWith'>): Pick<Act, 'endsWith'> =>
  endsWith === undefined ? {} : { endsWith };

const endIn = ({
  who,
  repeated,
  uncertain,
  endedWith,
}: ResourceRetired): Pick<Act, 'who' | 'uncertain' | 'endedWith'> => ({
  ...(who && !repeated && { who }),
  ...(uncertain !== undefined && { uncertain }),
  ...(endedWith !== undefined && { endedWith }),
});

const act = (source: FoldedEvent, what: Act['what'], more: Partial<Act>): Act => {
  const { event } = source;
  const at = event.effectiveAt;
  const ms = Date.parse(at);
  const place = placeIn(source, ms);
  return {
    what,
    source,
    at,
    second: Math.floor(ms / 1_000),
    id: 'cause' in event ? `${event.cause.id} ${event.eventId}` : event.eventId,
    set: [],
    removed: [],
    removedIf: [],
    ...more,
    ...(place && { place }),
  };
};

/**
 * tagledger's own outcomes and sweeps have milliseconds. So may tag-change events, which have a version. Baselines may be
 * read in any order, so their place in the stream tells nothing.
 */
const placeIn = ({ seq, event }: FoldedEvent, ms: number): Place | undefined => {
  if (event.type === 'TagApplied') return { ms, by: 'tagledger', count: seq };
  if (event.type !== 'TagObserved') return undefined;
  const { cause, how, version = 0, complete } = event;
  if (cause.source === 'eventbridge') return { ms, by: 'eventbridge', count: version };
  return how === 'sweep' ? { ms, by: 'tagledger', count: complete ? 0 : seq } : undefined;
};

/** The place of an act in time: that of what EventBridge told of it, if it did. */
export const placeOf = ({ place, told }: Act): Place | undefined => told?.place ?? place;

/** Whether an act names a key, so that it may have changed it. */
export const touches = (one: Act, key: string): boolean =>
  one.set.some((tag) => tag.key === key) || mayRemove(one, key);

/** Whether a removal names a key, with or without a value. */
export const mayRemove = ({ removed, removedIf }: Act, key: string): boolean =>
  removed === 'all' || removed.includes(key) || removedIf.some((tag) => tag.key === key);
