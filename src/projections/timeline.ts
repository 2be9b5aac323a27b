import type { RecordedEvent } from '../events/recorded-event.ts';
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
  readonly bornAt: string | null;
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
  const at = (what: Change['what']) => changes.find((one) => one.what === what)?.effectiveAt ?? null;
  const endedAt = at('ended');
  return {
    arn: first.stream,
    knownAt,
    seenAt: known.reduce(
      (least, { event }) => (event.effectiveAt < least ? event.effectiveAt : least),
      knownAt,
    ),
    bornAt: at('made'),
    endedAt,
    keys: keysOf(changes, endedAt),
    failures: known.flatMap(failureIn).sort((a, b) => (a.at < b.at ? -1 : 1)),
    changes,
  };
};

const keysOf = (changes: readonly Change[], endedAt: string | null): Timeline['keys'] => {
  const byKey = new Map<string, Interval[]>();
  for (const { effectiveAt, tags } of changes) {
    for (const { key, new: value } of tags) {
      const intervals = byKey.get(key) ?? [];
      const last = intervals.at(-1);
      if (last?.to === null) intervals[intervals.length - 1] = { ...last, to: effectiveAt };
      if (value !== null) intervals.push({ value, from: effectiveAt, to: null });
      byKey.set(key, intervals);
    }
  }
  return [...byKey]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, intervals]) => ({ key, intervals: intervals.map(endingWith(endedAt)) }));
};

/** Ends the intervals that were still open when the resource ended. */
const endingWith =
  (endedAt: string | null) =>
  (interval: Interval): Interval =>
    endedAt !== null && interval.to === null && interval.from <= endedAt
      ? { ...interval, to: endedAt }
      : interval;

const failureIn = ({ seq, event }: RecordedEvent): FailureMark[] => {
  if (event.type !== 'TagFailed') return [];
  const { effectiveAt, code, class: failureClass, retryAt = null } = event;
  return [{ at: effectiveAt, seq, code, class: failureClass, retryAt }];
};
