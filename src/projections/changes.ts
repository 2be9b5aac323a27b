import { isCreation } from '../events/creation.ts';
import type { RecordedEvent } from '../events/recorded-event.ts';
import { evolve, fold, type Resource, UNKNOWN } from '../events/resource.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import type { Cause, TagRequested, Who } from '../events/tag-event.ts';
import { groupBy } from '../shared/collections.ts';

/** The change of one tag key. A value is null when the resource does not have the key. */
interface KeyChange {
  readonly key: string;
  readonly old: string | null;
  readonly new: string | null;
}

/** What one event changed on a resource, who changed it and why. */
export interface Change {
  readonly arn: ResourceArn;
  readonly seq: number;
  readonly effectiveAt: string;
  readonly recordedAt: string;
  /** True when an event with a later `effectiveAt` had already been recorded. */
  readonly isLate: boolean;
  /** `made` (created) and `ended` are listed even when no tag changed. */
  readonly what: 'made' | 'tagged' | 'ended';
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
 * Lists what a stream's events changed, in the order in which it happened, as far as it was recorded by
 * `knownAt`. The old values are those just before the change. Between two changes the resource has the tags
 * that `resourceAt` returns, so a late record that a newer one overrides still shows as a change for the time
 * in between.
 */
export const changesOf = (events: readonly RecordedEvent[], knownAt: string): Change[] => {
  const known = events.filter(({ recordedAt }) => recordedAt <= knownAt);
  const instants = [...groupBy(known, ({ event }) => event.effectiveAt)].sort(([a], [b]) => (a < b ? -1 : 1));
  const requests = requestsIn(known);
  const late = lateIn(known);
  let before = UNKNOWN;
  return instants.flatMap(([at, acts]) => {
    // Events recorded in the order in which they happened extend the previous state without a new fold.
    const isNext = acts.every(({ seq }) => seq > before.lastSeq);
    const after = isNext
      ? acts.reduce<Resource>(evolve, before)
      : fold(known.filter(({ event }) => event.effectiveAt <= at));
    const tags = groupBy(differences(before, after, acts), ({ seq }) => seq);
    before = after;
    return acts.flatMap((act) => changeOf(act, tags.get(act.seq) ?? [], late, requests));
  });
};

/** The seqs of events that took effect before an event recorded earlier. */
const lateIn = (events: readonly RecordedEvent[]): ReadonlySet<number> => {
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

type Attributed = KeyChange & { readonly seq: number };

/**
 * The tags that differ, each with the event that set it. A key that was removed with all the others gets the
 * last event.
 */
const differences = (before: Resource, after: Resource, acts: readonly RecordedEvent[]): Attributed[] => {
  const old = new Map(before.tags.map(({ key, value }) => [key, value]));
  const now = new Map(after.tags.map((fact) => [fact.key, fact]));
  const last = acts.at(-1)?.seq ?? 0;
  return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((key) => {
    const was = old.get(key) ?? null;
    const { value = null, seq = last } = now.get(key) ?? {};
    if (was === value) return [];
    return [{ key, old: was, new: value, seq: acts.some((act) => act.seq === seq) ? seq : last }];
  });
};

const changeOf = (
  { stream, seq, recordedAt, event }: RecordedEvent,
  tags: readonly Attributed[],
  late: ReadonlySet<number>,
  requests: ReadonlyMap<string, TagRequested>,
): Change[] => {
  const what = isCreation(event) ? 'made' : event.type === 'ResourceRetired' ? 'ended' : 'tagged';
  if (what === 'tagged' && tags.length === 0) return [];
  const request = event.type === 'TagApplied' ? requests.get(event.request) : undefined;
  const source = request ?? event;
  return [
    {
      arn: stream,
      seq,
      effectiveAt: event.effectiveAt,
      recordedAt,
      isLate: late.has(seq),
      what,
      by: event.type === 'TagApplied' ? 'tagledger' : 'principal',
      who: ('who' in source && source.who) || null,
      cause: 'cause' in source ? source.cause : null,
      rules: request?.rules ?? null,
      tags: tags.map(({ key, old, new: now }) => ({ key, old, new: now })),
    },
  ];
};
