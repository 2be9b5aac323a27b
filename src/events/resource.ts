import type { RecordedEvent } from './recorded-event.ts';
import type { Tag } from './tag.ts';
import { requestIdOf, type TagFailed, type TagObserved, type TagRequested, type Who } from './tag-event.ts';

/**
 * The latest known fact about one tag key. A removed key stays, with `value: null`, so that
 * an older fact cannot revive it.
 */
export interface TagFact {
  readonly key: string;
  readonly value: string | null;
  /** When it took effect in AWS. */
  readonly at: string;
  /** The seq of the event that says so. */
  readonly seq: number;
  /** True if tagledger set it, false if somebody else did. */
  readonly ours: boolean;
  /** A rule lets tagledger's value replace what others set. */
  readonly wins?: true;
  /**
   * What somebody else had set or removed before tagledger set the key, even if the
   * ledger learned of it only later.
   */
  readonly theirs?: Pick<TagFact, 'value' | 'at'>;
}

/** Whether a key's current value is somebody else's: they set it, or tagledger gave it back to them. */
export const isTheirs = ({ value, ours, theirs }: Pick<TagFact, 'value' | 'ours' | 'theirs'>): boolean =>
  value !== null && (!ours || theirs?.value === value);

/** Why an attempt failed. */
type RequestError = Pick<TagFailed, 'code' | 'class' | 'message'>;

/**
 * A request with tags still to set. `open`: its attempt has no outcome yet. `retrying`: the attempt failed,
 * and the next one is due at `retryAt`.
 */
export interface OpenRequest {
  /** The eventId of its first attempt. */
  readonly id: string;
  readonly attempt: number;
  readonly status: 'open' | 'retrying';
  /**
   * When the ledger recorded the current attempt. From this it is known that an attempt has waited too long.
   */
  readonly asked: string;
  /** The tags still to be set; at least one. */
  readonly pending: readonly Tag[];
  /** The keys that may replace a value which tagledger did not set. */
  readonly overwrite: readonly string[];
  readonly error?: RequestError;
  readonly retryAt?: string;
}

/**
 * A request that has ended. `superseded`: later requests or other people's tags left it nothing to set.
 * `retired`: its resource was deleted first.
 */
interface ClosedRequest {
  readonly id: string;
  /** The last attempt. */
  readonly attempt: number;
  readonly status: 'applied' | 'failed' | 'superseded' | 'retired';
  readonly error?: RequestError;
}

/** One tag request and its state. */
export type Request = OpenRequest | ClosedRequest;

/** Who created or deleted a resource, and when. */
export interface Milestone {
  readonly at: string;
  /** Absent if unknown. */
  readonly who?: Who;
}

/**
 * Everything that the ledger knows about one resource: the fold of its stream. It is
 * plain JSON and can be stored as is.
 */
export interface Resource {
  readonly lastSeq: number;
  /** The creation; absent until the ledger has seen it. */
  readonly born?: Milestone;
  /** The deletion; absent until the ledger has seen it. */
  readonly retired?: Milestone;
  /** Sorted by key. */
  readonly tags: readonly TagFact[];
  /**
   * When all tags were last removed at once. No older fact can revive a tag, even
   * one whose key was unknown then.
   */
  readonly cleared?: string;
  /** In the order of their first attempts. */
  readonly requests: readonly Request[];
  /** Why the resources of a call are unknown. Only in the stream of a gap. */
  readonly gap?: string;
  /** The latest policy and when it came into force. Only in the policy stream. */
  readonly policy?: { readonly id: string; readonly at: string };
  /** The ids of all events so far, so that no cause is handled twice. */
  readonly seen: readonly string[];
}

/** A resource that the ledger knows nothing about. */
export const UNKNOWN: Resource = { lastSeq: 0, tags: [], requests: [], seen: [] };

/**
 * The version of the fold. Raise it whenever the same events yield another answer than before, with a
 * decision record that lists each changed golden answer. State rows, the archive's partial states and
 * snapshots are results of the fold, but do not record its version. They must before this is raised to 2, so
 * that results of two versions are never mixed.
 */
export const FOLD_VERSION = 1;

/** Puts the version of the fold in front of an answer, or a row of one, that the fold produced. */
export const withFoldVersion = <T extends object>(answer: T): T & { readonly foldVersion: number } => ({
  foldVersion: FOLD_VERSION,
  ...answer,
});

/** The state after a stream's events, which come oldest first. */
export const fold = (events: Iterable<RecordedEvent>, from: Resource = UNKNOWN): Resource => {
  let resource = from;
  for (const event of events) resource = evolve(resource, event);
  return resource;
};

/**
 * The state after one more event. It never throws: what the ledger holds has happened and cannot be refused.
 */
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
      // An outcome that arrives after its request ended treats a later request's value like a
      // person's: it is to be given back.
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

/** Whether a request still waits for a final outcome. */
export const isOpen = (request: Request): request is OpenRequest =>
  request.status === 'open' || request.status === 'retrying';

/** The keys that open requests are about to set. */
export const pendingKeys = ({ requests }: Resource): ReadonlySet<string> =>
  new Set(requests.filter(isOpen).flatMap(({ pending }) => pending.map(({ key }) => key)));

/** The tags that the resource has now. */
export const currentTags = (resource: Resource): Tag[] =>
  resource.tags.flatMap(({ key, value }) => (value === null ? [] : [{ key, value }]));

type Born = { readonly effectiveAt: string; readonly who?: Who | undefined };

/** CloudTrail's times are in whole seconds, so facts of the same second count as later than the creation. */
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

/** A new request takes its keys from older open requests: the last request wins. */
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

/**
 * A value that a person sets while a request waits stays: the request drops the
 * key, unless it may overwrite it.
 */
const setByOthers = (resource: Resource, facts: readonly Fact[], at: string, seq: number): Resource => {
  const tags = setTags(resource, facts, at, seq, () => ({ ours: false }));
  // A late fact that is hidden by a newer one takes no key from a request.
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
 * The last writer wins for each key, by effectiveAt and then by seq, so a late fact never hides a newer one.
 * If tagledger's value hides a value that others set, that one is kept in `theirs`.
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

/**
 * Adds to a fact of tagledger's a value of others that it hides and that became known only
 * later. Other facts hide nothing.
 */
const hiding = (fact: TagFact, value: string | null, at: string): TagFact =>
  fact.ours && fact.at >= at && (fact.theirs?.at ?? '') <= at ? { ...fact, theirs: { value, at } } : fact;

const shownBy = ({ value, at }: TagFact): TagFact['theirs'] => ({ value, at });

/** The value that tagledger hides by setting a key. One that a rule has already overwritten is not kept. */
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
