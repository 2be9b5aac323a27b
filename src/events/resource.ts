import type { RecordedEvent } from './recorded-event.ts';
import type { Tag } from './tag.ts';
import { requestIdOf, type TagFailed, type TagObserved, type TagRequested, type Who } from './tag-event.ts';

/** The last word on one tag key. A removed key stays, with `value: null`, so that an older fact cannot revive it. */
export interface TagFact {
  readonly key: string;
  readonly value: string | null;
  /** When this became so in AWS. */
  readonly at: string;
  /** The event that says so. */
  readonly seq: number;
  /** Whether tagledger set it, or somebody else. */
  readonly ours: boolean;
  /** A rule lets tagledger's value stand in the place of what others set. */
  readonly wins?: true;
  /** What somebody else had set, or removed, before tagledger set it, also where that came to be known only later. */
  readonly theirs?: Pick<TagFact, 'value' | 'at'>;
}

/** Whether the value that a key has now is somebody else's: set by them, or given back to them. */
export const isTheirs = ({ value, ours, theirs }: Pick<TagFact, 'value' | 'ours' | 'theirs'>): boolean =>
  value !== null && (!ours || theirs?.value === value);

/** Why an attempt failed. */
type RequestError = Pick<TagFailed, 'code' | 'class' | 'message'>;

/** A request that still wants something. `open`: waits for its attempt. `retrying`: the attempt failed, another is due at `retryAt`. */
export interface OpenRequest {
  /** The eventId of its first attempt. */
  readonly id: string;
  readonly attempt: number;
  readonly status: 'open' | 'retrying';
  /** When the ledger recorded its attempt, by which one that waits too long is known. */
  readonly asked: string;
  /** The tags that are still to be set; at least one. */
  readonly pending: readonly Tag[];
  /** The keys among them that may replace a value which tagledger did not set. */
  readonly overwrite: readonly string[];
  readonly error?: RequestError;
  readonly retryAt?: string;
}

/**
 * A request that is over. `superseded`: later requests or other people's tags left it nothing to set.
 * `retired`: its resource was deleted first.
 */
export interface ClosedRequest {
  readonly id: string;
  /** The last attempt. */
  readonly attempt: number;
  readonly status: 'applied' | 'failed' | 'superseded' | 'retired';
  readonly error?: RequestError;
}

/** One request for tags and what became of it. */
export type Request = OpenRequest | ClosedRequest;

/** Who made or ended a resource, and when. */
export interface Milestone {
  readonly at: string;
  /** Absent when nobody could tell. */
  readonly who?: Who;
}

/** Everything that the ledger knows of one resource: the fold of its stream. Plain JSON, so it can be stored as it is. */
export interface Resource {
  readonly lastSeq: number;
  /** Absent while the ledger has not seen it. */
  readonly born?: Milestone;
  /** There once it was deleted. */
  readonly retired?: Milestone;
  /** Sorted by key. */
  readonly tags: readonly TagFact[];
  /** When all tags were last removed at once: an older fact revives none, also of a key that was not known then. */
  readonly cleared?: string;
  /** In the order in which they were first asked. */
  readonly requests: readonly Request[];
  /** Why a call's resources are not known, where this stream stands for them and not for a resource. */
  readonly gap?: string;
  /** The policy in force last, and since when, where this stream holds policies and is no resource's. */
  readonly policy?: { readonly id: string; readonly at: string };
  /** The ids of all events so far: a cause that was handled is not handled again. */
  readonly seen: readonly string[];
}

/** A resource of which the ledger knows nothing. */
export const UNKNOWN: Resource = { lastSeq: 0, tags: [], requests: [], seen: [] };

/**
 * The version of the fold. It is raised whenever the same events give another answer than before, with a decision record
 * that lists each golden answer that changed. State rows, archive outlines and snapshots are results of the fold that do not
 * say by which version: before this is raised to 2, they must, so that results of two versions are never mixed.
 */
export const FOLD_VERSION = 1;

/** An answer that folding made, or one row of it, with the version of the fold in front. */
export const withFoldVersion = <T extends object>(answer: T): T & { readonly foldVersion: number } => ({
  foldVersion: FOLD_VERSION,
  ...answer,
});

/** The state that a stream of events gives, oldest first. */
export const fold = (events: Iterable<RecordedEvent>, from: Resource = UNKNOWN): Resource => {
  let resource = from;
  for (const event of events) resource = evolve(resource, event);
  return resource;
};

/** The state after one more event. Total: what the ledger holds has happened, and is never refused here. */
export const evolve = (
  before: Resource,
  { seq, recordedAt, event }: Pick<RecordedEvent, 'seq' | 'recordedAt' | 'event'>,
): Resource => {
  const resource: Resource = { ...before, lastSeq: seq, seen: [...before.seen, event.eventId] };
  switch (event.type) {
    case 'TagRequested':
      return open(
        event.birth ? atBirth(resource, seq, event, event.birth.tags) : resource,
        event,
        recordedAt,
      );
    case 'TagApplied': {
      const request = resource.requests.find((r) => r.id === event.request);
      const wins = new Set(request && isOpen(request) ? request.overwrite : []);
      const by = (key: string) => ({ ours: true, ...(wins.has(key) && { wins: true as const }) });
      // What was applied after its request was over hides a later request's value as it would a person's.
      const hides = request && isOpen(request) ? hiddenBy : shownBy;
      const tags = setTags(resource, event.tags, event.effectiveAt, seq, by, hides);
      return settle({ ...resource, tags }, event.request, (request) => close(request, 'applied'));
    }
    case 'TagFailed': {
      const { code, class: failureClass, message, retryAt } = event;
      const error = { code, class: failureClass, message };
      return settle(resource, event.request, (request) =>
        retryAt ? { ...request, status: 'retrying', error, retryAt } : { ...close(request, 'failed'), error },
      );
    }
    case 'TagObserved':
      return observe(resource, seq, event);
    case 'ResourceRetired':
      return {
        ...resource,
        retired: resource.retired ?? { at: event.effectiveAt, who: event.who },
        requests: resource.requests.map((r) => (isOpen(r) ? close(r, 'retired') : r)),
      };
    case 'GapFound':
      return {
        ...resource,
        gap: resource.gap ?? event.reason,
        born: resource.born ?? { at: event.effectiveAt, who: event.who },
      };
    case 'PolicyRecorded':
      return (resource.policy?.at ?? '') <= event.effectiveAt
        ? { ...resource, policy: { id: event.policy, at: event.effectiveAt } }
        : resource;
    case 'TamperDetected':
      return resource;
  }
};

/** Whether a request still waits for an outcome that is final. */
export const isOpen = (request: Request): request is OpenRequest =>
  request.status === 'open' || request.status === 'retrying';

/** The keys that open requests are about to set. */
export const pendingKeys = ({ requests }: Resource): ReadonlySet<string> =>
  new Set(requests.filter(isOpen).flatMap(({ pending }) => pending.map(({ key }) => key)));

/** The tags that the resource bears now. */
export const currentTags = (resource: Resource): Tag[] =>
  resource.tags.flatMap(({ key, value }) => (value === null ? [] : [{ key, value }]));

type Born = { readonly effectiveAt: string; readonly who?: Who | undefined };

/** CloudTrail's times are whole seconds: what happened in the second of the birth came after it. */
const atBirth = (resource: Resource, seq: number, event: Born, tags: readonly Tag[]): Resource => {
  const at = event.effectiveAt;
  const { cleared = '' } = resource;
  const since = new Set(resource.tags.filter((fact) => fact.at >= at).map(({ key }) => key));
  const borne = new Map(cleared >= at ? [] : tags.map(({ key, value }) => [key, value]));
  const known = resource.tags.map((fact) => {
    const value = borne.get(fact.key);
    return value === undefined ? fact : hiding(fact, value, at);
  });
  const left = tags.filter(({ key }) => borne.has(key) && !since.has(key));
  return {
    ...setByOthers({ ...resource, tags: known }, left, at, seq),
    born: resource.born ?? { at, ...(event.who && { who: event.who }) },
  };
};

/** A new request takes over the keys that older open ones still wanted to set: the last request wins. */
const open = (resource: Resource, event: TagRequested, asked: string): Resource => {
  const id = requestIdOf(event);
  const wanted = new Set(event.tags.map((tag) => tag.key));
  const { attempt } = event;
  const request: Request = resource.retired
    ? { id, attempt, status: 'retired' }
    : { id, attempt, status: 'open', asked, pending: event.tags, overwrite: event.overwrite ?? [] };
  if (resource.requests.some((r) => r.id === id)) {
    return { ...resource, requests: resource.requests.map((r) => (r.id === id ? request : r)) };
  }
  const older = resource.requests.map((r) => letGo(r, (key) => wanted.has(key)));
  return { ...resource, requests: [...older, request] };
};

const observe = (resource: Resource, seq: number, event: TagObserved): Resource => {
  if (event.how === 'birth') return atBirth(resource, seq, event, event.set);
  const { set, removed, effectiveAt } = event;
  const unset = removed === 'all' ? resource.tags.map((tag) => tag.key) : removed;
  const facts = [...unset.map((key) => ({ key, value: null })), ...set];
  const isClearing = removed === 'all' && (resource.cleared ?? '') < effectiveAt;
  return setByOthers(isClearing ? { ...resource, cleared: effectiveAt } : resource, facts, effectiveAt, seq);
};

/** What a person sets while a request waits is the person's: the request lets go of that key. */
const setByOthers = (resource: Resource, facts: readonly Fact[], at: string, seq: number): Resource => {
  const tags = setTags(resource, facts, at, seq, () => ({ ours: false }));
  // A late fact that a newer one hides is nobody's tag any more.
  const theirs = new Set(tags.filter((tag) => tag.seq === seq && tag.value !== null).map(({ key }) => key));
  const requests = resource.requests.map((r) =>
    letGo(r, (key, { overwrite }) => theirs.has(key) && !overwrite.includes(key)),
  );
  return { ...resource, tags, requests };
};

const letGo = (request: Request, taken: (key: string, request: OpenRequest) => boolean): Request => {
  if (!isOpen(request)) return request;
  const pending = request.pending.filter(({ key }) => !taken(key, request));
  return pending.length === 0 ? close(request, 'superseded') : { ...request, pending };
};

type Fact = Pick<TagFact, 'key' | 'value'>;

/**
 * Last writer wins for each key, by effectiveAt and then by seq, so a late fact never hides a newer one. What others
 * set is kept in mind where tagledger's value hides it.
 */
const setTags = (
  { tags, cleared = '' }: Resource,
  facts: readonly Fact[],
  at: string,
  seq: number,
  by: (key: string) => Pick<TagFact, 'ours' | 'wins'>,
  hides: (old: TagFact) => TagFact['theirs'] = hiddenBy,
): readonly TagFact[] => {
  if (at < cleared) return tags;
  const byKey = new Map(tags.map((fact) => [fact.key, fact]));
  for (const { key, value } of facts) {
    const old = byKey.get(key);
    const who = by(key);
    if (!old || old.at < at || (old.at === at && old.seq <= seq)) {
      const theirs = who.ours && old ? hides(old) : undefined;
      byKey.set(key, { key, value, at, seq, ...who, ...(theirs && { theirs }) });
    } else if (!who.ours) byKey.set(key, hiding(old, value, at));
  }
  return [...byKey.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
};

/** A fact with what it hides of others, which came to be known only later; nothing but tagledger's own facts can. */
const hiding = (fact: TagFact, value: string | null, at: string): TagFact =>
  fact.ours && fact.at >= at && (fact.theirs?.at ?? '') <= at ? { ...fact, theirs: { value, at } } : fact;

const shownBy = ({ value, at }: TagFact): TagFact['theirs'] => ({ value, at });

/** What a rule has won over is nobody's any more. */
const hiddenBy = (old: TagFact): TagFact['theirs'] =>
  old.ours ? (old.wins ? undefined : old.theirs) : shownBy(old);

const close = ({ id, attempt }: OpenRequest, status: ClosedRequest['status']): ClosedRequest => ({
  id,
  attempt,
  status,
});

const settle = (resource: Resource, id: string, outcome: (request: OpenRequest) => Request): Resource => ({
  ...resource,
  requests: resource.requests.map((r) => (r.id === id && isOpen(r) ? outcome(r) : r)),
});
