import type { KeyChange } from '../events/fold/replay.ts';
import type { RecordedEvent } from '../events/recorded-event.ts';
import { fold } from '../events/resource.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import type { TagFailed } from '../events/tag-event.ts';
import { type Change, changesOf } from './changes.ts';

/** A span of time in which a key had one value. */
export interface Interval {
  readonly value: string;
  readonly from: string;
  /** When the value changed, the key was removed or the resource ended; null while the value lasts. */
  readonly to: string | null;
}

/** A failed attempt to tag the resource. */
export interface FailureMark extends Pick<TagFailed, 'code' | 'class'> {
  readonly at: string;
  readonly seq: number;
  /** When the next attempt is due; null when there will be none. */
  readonly retryAt: string | null;
}

/** The tags of a resource over time. */
export interface Timeline {
  readonly arn: ResourceArn;
  readonly knownAt: string;
  /**
   * When the first known event took effect. Earlier tags are not known, unless that event is the creation.
   */
  readonly seenAt: string;
  /** Present if it may have other tags, copied from its source, which nothing has shown yet. */
  readonly unseenTags?: true;
  /** Of its last life. */
  readonly bornAt: string | null;
  /** Present if that is not known: when a baseline first showed it. Its tags are known from then on. */
  readonly foundAt?: string;
  readonly endedAt: string | null;
  /** Sorted by key; intervals in order of time. */
  readonly keys: readonly { readonly key: string; readonly intervals: readonly Interval[] }[];
  readonly failures: readonly FailureMark[];
  readonly changes: readonly Change[];
}

/** Builds the timeline of a stream from the events recorded by `knownAt`; undefined when there are none. */
export const timelineOf = (events: readonly RecordedEvent[], knownAt: string): Timeline | undefined => {
  const known = events.filter(({ recordedAt }) => recordedAt <= knownAt);
  const [first] = known;
  if (!first) return undefined;
  const changes = changesOf(known, knownAt);
  const { born, found, retired, unseenTags } = fold(known);
  return {
    arn: first.stream,
    knownAt,
    seenAt: known.reduce(
      (least, { event }) => (event.effectiveAt < least ? event.effectiveAt : least),
      knownAt,
    ),
    ...(unseenTags && { unseenTags }),
    bornAt: born?.at ?? null,
    ...(found && { foundAt: found }),
    endedAt: retired?.at ?? null,
    keys: keysOf(changes),
    failures: known.flatMap(failureIn).sort((a, b) => (a.at < b.at ? -1 : 1)),
    changes,
  };
};

/** The intervals of each key. A life that ends for good ends those that last; a life that is restored goes on. */
const keysOf = (changes: readonly Change[]): Timeline['keys'] => {
  const byKey = new Map<string, Interval[]>();
  let endedAt: string | null = null;
  for (const { what, effectiveAt, tags } of changes) {
    // A creation after an end begins the next life, without the tags of the one before.
    if (what === 'created' && endedAt !== null) endAll(byKey, endedAt, effectiveAt);
    if (what === 'created' || what === 'restored') endedAt = null;
    if (what === 'ended') endedAt = effectiveAt;
    for (const tag of tags) if (tag.old !== tag.new) begin(byKey, tag, effectiveAt);
  }
  if (endedAt !== null) endAll(byKey, endedAt, null);
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, intervals]) => ({ key, intervals }));
};

const begin = (byKey: Map<string, Interval[]>, { key, new: value }: KeyChange, at: string): void => {
  const intervals = byKey.get(key) ?? [];
  closeLast(intervals, at);
  if (value !== null) intervals.push({ value, from: at, to: null });
  byKey.set(key, intervals);
};

const closeLast = (intervals: Interval[], to: string | null): void => {
  const last = intervals.at(-1);
  if (last?.to === null) intervals[intervals.length - 1] = { ...last, to };
};

/** Ends what lasts when a life ended; what was set after that lasts until `next`, the begin of the next life. */
const endAll = (byKey: ReadonlyMap<string, Interval[]>, endedAt: string, next: string | null): void => {
  for (const intervals of byKey.values()) {
    closeLast(intervals, (intervals.at(-1)?.from ?? '') <= endedAt ? endedAt : next);
  }
};

const failureIn = ({ seq, event }: RecordedEvent): FailureMark[] => {
  if (event.type !== 'TagFailed') return [];
  const { effectiveAt, code, class: failureClass, retryAt = null } = event;
  return [{ at: effectiveAt, seq, code, class: failureClass, retryAt }];
};
