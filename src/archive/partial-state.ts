import { isCreation } from '../events/creation.ts';
import { JOINED_WITHIN_MS } from '../events/fold/join-acts.ts';
import type { Milestone } from '../events/life.ts';
import type { RecordedEvent } from '../events/recorded-event.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import type { Tag } from '../events/tag.ts';
import type { TagObserved } from '../events/tag-event.ts';
import type { ResourceAt } from '../projections/resource-at.ts';
import type { Writable } from '../shared/members.ts';

/** The latest known value of a tag key. Of two marks the later one wins, by `at` and then by `order`. */
export interface TagMark {
  readonly key: string;
  /** null when the key was removed. */
  readonly value: string | null;
  /** When the value took effect in AWS. */
  readonly at: string;
  /**
   * The event's seq, negated for the tags of a creation: any other event of the same instant overrides them.
   */
  readonly order: number;
}

/**
 * What some events of one resource together say about it, or that only the fold of the whole stream tells it.
 *
 * {@link join} is commutative, associative and idempotent, except for whether the result is {@link Disputed}, and
 * the marks of a whole stream yield what the fold yields, in whatever order they were joined
 * (tests/archive/partial-state.test.ts). So events can be joined twice, late and in any order, and a partial state
 * can stand for the events it was made of. Snapshots and segments rely on this.
 */
export type PartialState = Marks | Disputed;

/** The facts that `resourceAt` returns, and what is needed to join them with others. */
export interface Marks {
  readonly arn: ResourceArn;
  /** The highest seq of the events. */
  readonly lastSeq: number;
  /** From the first event that reports the creation. */
  readonly born?: First<Milestone>;
  /** When a baseline first showed the resource. */
  readonly found?: string;
  readonly retired?: First<Milestone>;
  /** Why this stands for the unknown resources of a call. */
  readonly gap?: First<string>;
  /** What last told of all tags at once, which ends every earlier mark. */
  readonly cleared?: Clearing;
  /**
   * When tags were first set or removed, as long as no creation is known: a creation tells only tags of keys that nothing
   * before it has named.
   */
  readonly since?: string;
  /** Sorted by key; without the marks that `cleared` ended. */
  readonly tags: readonly TagMark[];
}

/**
 * A removal of all tags, or a baseline that showed all of them. A baseline was settled at `settledAt`: it does not end what
 * was set or removed after that.
 */
interface Clearing extends Pick<TagMark, 'at' | 'order'> {
  readonly settledAt?: string;
}

/**
 * A resource whose stream must be folded, because what its events say together depends on more than {@link Marks}
 * keep. Joined with anything, it stays disputed.
 */
export interface Disputed {
  readonly arn: ResourceArn;
  /** The highest seq of the events. The fold ends there, so that it knows no event that the archive does not know. */
  readonly lastSeq: number;
  readonly refold: true;
  /** In a snapshot: the fold of the stream at the snapshot's moment. It holds until a later event counts. */
  readonly folded?: ResourceAt;
}

/** Whether only the fold tells what a resource is like. */
export const isDisputed = (one: { readonly arn: ResourceArn }): one is Disputed => 'refold' in one;

/** What the first event of a kind says, and the seq of that event. */
export interface First<T> {
  readonly seq: number;
  readonly says: T;
}

/** The partial state of one event. */
export const partialStateOf = (recorded: RecordedEvent): PartialState => {
  const { stream: arn, seq: lastSeq, event } = recorded;
  // Whether a key may be there that nobody has named depends on more than marks keep.
  return isCreation(event) && event.unseenTags ? { arn, lastSeq, refold: true } : toldBy(recorded);
};

const toldBy = ({ stream: arn, seq, event }: RecordedEvent): PartialState => {
  const at = event.effectiveAt;
  const of = { arn, lastSeq: seq };
  const birth = (tags: readonly Tag[]): Marks => ({
    ...of,
    born: { seq, says: { at, ...('who' in event && event.who && { who: event.who }) } },
    tags: marksOf(tags, at, -seq),
  });
  switch (event.type) {
    case 'TagRequested':
      return event.birth ? birth(event.birth.tags) : { ...of, tags: [] };
    case 'TagApplied':
      return { ...of, since: at, tags: marksOf(event.tags, at, seq) };
    case 'TagFailed':
    case 'PolicyRecorded':
    case 'TamperDetected':
    case 'CoverageRecorded':
      return { ...of, tags: [] };
    case 'TagObserved':
      return event.how === 'birth' ? birth(event.set) : ofTags(of, event);
    case 'ResourceRestored':
      return { ...of, refold: true };
    case 'DependencyObserved':
      return event.endsWith === undefined ? { ...of, tags: [] } : { ...of, refold: true };
    case 'ResourceRetired': {
      const { repeated, uncertain, endedWith, who } = event;
      if (repeated || uncertain !== undefined || endedWith !== undefined) return { ...of, refold: true };
      return { ...of, retired: { seq, says: { at, ...(who && { who }) } }, tags: [] };
    }
    case 'GapFound':
      return { ...birth([]), gap: { seq, says: event.reason } };
  }
};

/** The partial state of what was observed of the tags of a resource after its creation. */
const ofTags = (
  of: Pick<Marks, 'arn' | 'lastSeq'>,
  { effectiveAt: at, set, removed, removedIf, complete }: TagObserved,
): PartialState => {
  const order = of.lastSeq;
  const told = { ...of, since: at, tags: marksOf(set, at, order) };
  if (complete) return { ...told, found: at, cleared: { at, order, ...complete } };
  if (removed === 'all') return { ...told, cleared: { at, order } };
  if (removedIf) return { ...of, refold: true };
  const gone = removed.map((key) => ({ key, value: null }));
  return { ...told, tags: marksOf([...gone, ...set], at, order) };
};

/** Joins two partial states of one resource. */
export const join = (a: PartialState, b: PartialState): PartialState => {
  const refold: Disputed = { arn: a.arn, lastSeq: Math.max(a.lastSeq, b.lastSeq), refold: true };
  if (isDisputed(a) || isDisputed(b) || areInDispute(a, b)) return refold;
  const joined = joinMarks(a, b);
  return isOfTwoLives(joined) || isNamedBefore(joined) || isShownAfterEnd(joined) ? refold : joined;
};

/**
 * Joins the partial states of events without looking for disputes among them. Undefined if there are none, or if one is
 * disputed by itself.
 */
export const joinUndisputed = (partials: readonly PartialState[]): Marks | undefined => {
  const marks = partials.flatMap((one) => (isDisputed(one) ? [] : [one]));
  const [first, ...rest] = marks;
  return marks.length === partials.length && first ? rest.reduce(joinMarks, first) : undefined;
};

const joinMarks = (a: Marks, b: Marks): Marks => {
  const tags = mergeMarks(a.tags, b.tags);
  const cleared = !a.cleared || (b.cleared && isLater(b.cleared, a.cleared)) ? b.cleared : a.cleared;
  const joined: Writable<Marks> = {
    arn: a.arn,
    lastSeq: Math.max(a.lastSeq, b.lastSeq),
    tags: cleared ? tags.filter((mark) => !isLater(cleared, mark)) : tags,
  };
  const born = firstOf(a.born, b.born);
  if (born) joined.born = born;
  const retired = firstOf(a.retired, b.retired);
  if (retired) joined.retired = retired;
  const found = earliest(a.found, b.found);
  if (found !== undefined) joined.found = found;
  const gap = firstOf(a.gap, b.gap);
  if (gap) joined.gap = gap;
  if (cleared) joined.cleared = cleared;
  const since = earliest(a.since, b.since);
  if (since !== undefined && (!born || since < born.says.at)) joined.since = since;
  return joined;
};

/**
 * Whether two partial states say different things of which the order in time is not plain: two creations or ends, or
 * values of one key that are so close in time that the fold may order them in another way, or join what
 * EventBridge told of one of them with its call (see `joinActs`), or something that a baseline may not have shown yet.
 */
const areInDispute = (a: Marks, b: Marks): boolean => {
  const isOther = (x: First<unknown> | undefined, y: First<unknown> | undefined) => x && y && x.seq !== y.seq;
  if (isOther(a.born, b.born) || isOther(a.retired, b.retired)) return true;
  if (isClearedNear(a, b) || isClearedNear(b, a)) return true;
  if (isUnsettled(a, b) || isUnsettled(b, a)) return true;
  if (a.tags.length === 0 || b.tags.length === 0) return false;
  const byKey = new Map(a.tags.map((mark) => [mark.key, mark]));
  return b.tags.some((mark) => {
    const other = byKey.get(mark.key);
    return other !== undefined && other.value !== mark.value && isNear(mark, other);
  });
};

const isNear = (a: Pick<TagMark, 'at'>, b: Pick<TagMark, 'at'>): boolean =>
  a.at === b.at || Math.abs(Date.parse(a.at) - Date.parse(b.at)) < JOINED_WITHIN_MS;

const isClearedNear = ({ cleared }: Marks, { tags }: Marks): boolean =>
  cleared !== undefined &&
  tags.some((mark) => mark.value !== null && mark.order !== cleared.order && isNear(mark, cleared));

/** Whether a baseline may not have shown what else is told, or another one tells of about the same time. */
const isUnsettled = ({ cleared }: Marks, other: Marks): boolean => {
  if (cleared?.settledAt === undefined) return false;
  const from = Date.parse(cleared.settledAt) - JOINED_WITHIN_MS;
  const to = Date.parse(cleared.at) + JOINED_WITHIN_MS;
  const told = other.cleared ? [other.cleared, ...other.tags] : other.tags;
  return told.some(({ at, order }) => {
    const ms = Date.parse(at);
    return order !== cleared.order && ms > from && ms < to;
  });
};

/** Whether a baseline showed the resource after its end. */
const isShownAfterEnd = ({ retired, found, cleared }: Marks): boolean => {
  const last = cleared?.settledAt === undefined ? found : cleared.at;
  return retired !== undefined && last !== undefined && secondOf(retired.says.at) < secondOf(last);
};

/** Whether the resource ended before its creation: it had a life before. */
const isOfTwoLives = ({ born, retired }: Marks): boolean =>
  born !== undefined && retired !== undefined && secondOf(retired.says.at) < secondOf(born.says.at);

/** Whether tags were set or removed before the creation. */
const isNamedBefore = ({ born, since }: Marks): boolean => born !== undefined && since !== undefined;

const secondOf = (at: string): string => at.slice(0, 19);

/** The resource that a partial state describes, if it tells it. Its members are in the order of `resourceAt`. */
export const resourceOf = (partial: PartialState): ResourceAt | Disputed => {
  if (isDisputed(partial)) return partial.folded ?? partial;
  const { arn, born, found, retired, gap, tags } = partial;
  const resource = { arn } as Writable<ResourceAt>;
  if (born) resource.born = born.says;
  else if (found !== undefined) resource.found = found;
  if (retired) resource.retired = retired.says;
  if (gap) resource.gap = gap.says;
  resource.tags = borneOf(tags);
  return resource;
};

const borneOf = (marks: readonly TagMark[]): Tag[] => {
  const tags: Tag[] = [];
  for (const { key, value } of marks) if (value !== null) tags.push({ key, value });
  return tags;
};

/** If an event names a key twice, the last value counts. */
const marksOf = (
  said: readonly Pick<TagMark, 'key' | 'value'>[],
  at: string,
  order: number,
): readonly TagMark[] => {
  const byKey = new Map(said.map(({ key, value }) => [key, { key, value, at, order }]));
  return [...byKey.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
};

// biome-ignore lint/complexity/noExcessiveCognitiveComplexity: A merge of two sorted lists is one loop over two places, and its steps make no sense apart.
const mergeMarks = (a: readonly TagMark[], b: readonly TagMark[]): readonly TagMark[] => {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  const merged: TagMark[] = [];
  let i = 0;
  let j = 0;
  for (;;) {
    const left = a[i];
    const right = b[j];
    if (!left || (right && right.key < left.key)) {
      if (!right) return merged;
      merged.push(right);
      j++;
    } else if (!right || left.key < right.key) {
      merged.push(left);
      i++;
    } else {
      merged.push(isLater(right, left) ? right : left);
      i++;
      j++;
    }
  }
};

const isLater = (a: Pick<TagMark, 'at' | 'order'>, b: Pick<TagMark, 'at' | 'order'>): boolean =>
  a.at === b.at ? a.order > b.order : a.at > b.at;

const earliest = (a: string | undefined, b: string | undefined): string | undefined =>
  a === undefined || (b !== undefined && b < a) ? b : a;

const firstOf = <T>(a: First<T> | undefined, b: First<T> | undefined): First<T> | undefined =>
  !a || (b && b.seq < a.seq) ? b : a;
