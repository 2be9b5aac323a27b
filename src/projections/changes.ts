import { type KeyChange, replay, type Step } from '../events/fold/replay.ts';
import type { RecordedEvent } from '../events/recorded-event.ts';
import { historyOf } from '../events/resource.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import type { Cause, TagRequested, Who } from '../events/tag-event.ts';

/** What one act changed on a resource, who changed it and why. */
export interface Change {
  readonly arn: ResourceArn;
  readonly seq: number;
  readonly effectiveAt: string;
  readonly recordedAt: string;
  /** True when an event with a later `effectiveAt` had already been recorded. */
  readonly isLate: boolean;
  /**
   * `created`, `found`, `ended`, `uncertain` (it may have ended) and `restored` are listed even when no tag changed.
   * `found`: a baseline showed it, and its creation is not known; what is listed as set, it had before.
   */
  readonly what: 'created' | 'found' | 'tagged' | 'ended' | 'uncertain' | 'restored';
  /** `tagledger` when it set the tags; `who` is then the person it acted for. */
  readonly by: 'tagledger' | 'principal';
  /** Null when the actor is not known. */
  readonly who: Who | null;
  readonly cause: Cause | null;
  /** The rule set under which tagledger set the tags. */
  readonly rules: string | null;
  /** Sorted by key. */
  readonly tags: readonly KeyChange[];
}

/**
 * Lists what the acts in a stream changed, in the order in which it happened (see `replay`), as far as it was recorded
 * by `knownAt`. The old values are those just before the change. Between two changes the resource has the tags
 * that `resourceAt` returns, so a late record that a newer one overrides still shows as a change for the time
 * in between. Acts of one second are all listed, and marked if no record says which one came first.
 */
export const changesOf = (events: readonly RecordedEvent[], knownAt: string): Change[] => {
  const known = events.filter(({ recordedAt }) => recordedAt <= knownAt);
  const [first] = known;
  if (!first) return [];
  const late = lateIn(known);
  const requests = requestsIn(known);
  const changes: Change[] = [];
  const { acts, outcomes } = historyOf(known);
  replay(acts, outcomes, {
    onStep: (step) => changes.push(changeOf(first.stream, step, late, requests)),
  });
  return changes;
};

/** The seqs of events that took effect before an event recorded earlier. */
export const lateIn = (events: readonly RecordedEvent[]): ReadonlySet<number> => {
  let latest = '';
  const late = new Set<number>();
  for (const { seq, event } of events) {
    if (event.effectiveAt < latest) late.add(seq);
    else latest = event.effectiveAt;
  }
  return late;
};

const requestsIn = (events: readonly RecordedEvent[]): ReadonlyMap<string, TagRequested> =>
  new Map(
    events.flatMap(({ event }) => (event.type === 'TagRequested' ? [[event.eventId, event] as const] : [])),
  );

const changeOf = (
  arn: ResourceArn,
  { act, life, keys: tags }: Step,
  late: ReadonlySet<number>,
  requests: ReadonlyMap<string, TagRequested>,
): Change => {
  const { seq, recordedAt, event } = act.source;
  const request = event.type === 'TagApplied' ? requests.get(event.request) : undefined;
  const source = request ?? event;
  return {
    arn,
    seq,
    effectiveAt: act.at,
    recordedAt,
    isLate: late.has(seq),
    what: life ?? 'tagged',
    by: event.type === 'TagApplied' ? 'tagledger' : 'principal',
    who: (request ? request.who : act.who) ?? null,
    cause: 'cause' in source ? source.cause : null,
    rules: request?.rules ?? null,
    tags,
  };
};
