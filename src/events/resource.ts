import type { RecordedEvent } from './recorded-event.ts';
import type { Tag } from './tag.ts';
import {
  type Cause,
  type FailureClass,
  requestIdOf,
  type TagObserved,
  type TagRequested,
  type Who,
} from './tag-event.ts';

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
}

/**
 * Where a request stands. `open`: waits for its attempt. `retrying`: the attempt failed, another one is due
 * at `retryAt`. The others are final: `superseded` means that later requests or other people's tags left it
 * nothing to set, `retired` that its resource was deleted first.
 */
export type RequestStatus = 'open' | 'retrying' | 'applied' | 'failed' | 'superseded' | 'retired';

/** One request for tags and what became of it. */
export interface Request {
  /** The eventId of its first attempt. */
  readonly id: string;
  readonly attempt: number;
  readonly status: RequestStatus;
  /** The tags that are still to be set; empty once the request is final. */
  readonly pending: readonly Tag[];
  readonly overwrite: readonly string[];
  readonly error?: { readonly code: string; readonly class: FailureClass; readonly message: string };
  readonly retryAt?: string;
}

/** Who made or ended a resource, when and by which act. */
export interface Milestone {
  readonly at: string;
  readonly who: Who | null;
  readonly cause: Cause;
}

/** Everything that the ledger knows of one resource: the fold of its stream. Plain JSON, so it can be stored as it is. */
export interface Resource {
  readonly lastSeq: number;
  readonly born: Milestone | null;
  readonly retired: Milestone | null;
  /** Sorted by key. */
  readonly tags: readonly TagFact[];
  /** In the order in which they were first asked. */
  readonly requests: readonly Request[];
  /** The ids of all events so far: a cause that was handled is not handled again. */
  readonly seen: readonly string[];
}

/** A resource of which the ledger knows nothing. */
export const UNKNOWN: Resource = { lastSeq: 0, born: null, retired: null, tags: [], requests: [], seen: [] };

/** The state that a stream of events gives, oldest first. */
export const fold = (events: Iterable<RecordedEvent>, from: Resource = UNKNOWN): Resource => {
  let resource = from;
  for (const event of events) resource = evolve(resource, event);
  return resource;
};

/** The state after one more event. Total: what the ledger holds has happened, and is never refused here. */
export const evolve = (before: Resource, { seq, event }: RecordedEvent): Resource => {
  const resource: Resource = { ...before, lastSeq: seq, seen: [...before.seen, event.eventId] };
  switch (event.type) {
    case 'TagRequested':
      return open(event.birth ? atBirth(resource, seq, event, event.birth.tags) : resource, event);
    case 'TagApplied':
      return settle(
        { ...resource, tags: setTags(resource.tags, event.tags, event.effectiveAt, seq, true) },
        event.request,
        { status: 'applied', pending: [] },
      );
    case 'TagFailed': {
      const error = { code: event.code, class: event.class, message: event.message };
      const { retryAt } = event;
      return settle(
        resource,
        event.request,
        retryAt ? { status: 'retrying', error, retryAt } : { status: 'failed', pending: [], error },
      );
    }
    case 'TagObserved':
      return observe(resource, seq, event);
    case 'ResourceRetired':
      return {
        ...resource,
        retired: resource.retired ?? { at: event.effectiveAt, who: event.who, cause: event.cause },
        requests: resource.requests.map((r) => (isOpen(r) ? finish(r, 'retired') : r)),
      };
  }
};

/** Whether a request still waits for an outcome that is final. */
export const isOpen = (request: Request): boolean =>
  request.status === 'open' || request.status === 'retrying';

/** The tags that the resource bears now. */
export const currentTags = (resource: Resource): Tag[] =>
  resource.tags.flatMap(({ key, value }) => (value === null ? [] : [{ key, value }]));

type Born = { readonly effectiveAt: string; readonly cause: Cause; readonly who?: Who | undefined };

const atBirth = (resource: Resource, seq: number, event: Born, tags: readonly Tag[]): Resource => ({
  ...resource,
  born: resource.born ?? { at: event.effectiveAt, who: event.who ?? null, cause: event.cause },
  tags: setTags(resource.tags, tags, event.effectiveAt, seq, false),
});

/** A new request takes over the keys that older open ones still wanted to set: the last request wins. */
const open = (resource: Resource, event: TagRequested): Resource => {
  const id = requestIdOf(event);
  const wanted = new Set(event.tags.map((tag) => tag.key));
  const request: Request = {
    id,
    attempt: event.attempt,
    status: resource.retired ? 'retired' : 'open',
    pending: resource.retired ? [] : event.tags,
    overwrite: event.overwrite ?? [],
  };
  if (resource.requests.some((r) => r.id === id)) {
    return { ...resource, requests: resource.requests.map((r) => (r.id === id ? request : r)) };
  }
  const older = resource.requests.map((r) => withoutKeys(r, (key) => wanted.has(key)));
  return { ...resource, requests: [...older, request] };
};

const observe = (resource: Resource, seq: number, event: TagObserved): Resource => {
  if (event.how === 'birth') return atBirth(resource, seq, event, event.set);
  const removed = event.removed === 'all' ? resource.tags.map((tag) => tag.key) : event.removed;
  const set = new Set(event.set.map((tag) => tag.key));
  const unset = removed.filter((key) => !set.has(key)).map((key) => ({ key, value: null }));
  return {
    ...resource,
    tags: setTags(resource.tags, [...event.set, ...unset], event.effectiveAt, seq, false),
    // What a person sets while a request waits is the person's: the request lets go of that key.
    requests: resource.requests.map((r) =>
      withoutKeys(r, (key) => set.has(key) && !r.overwrite.includes(key)),
    ),
  };
};

const withoutKeys = (request: Request, taken: (key: string) => boolean): Request => {
  if (!isOpen(request)) return request;
  const pending = request.pending.filter((tag) => !taken(tag.key));
  if (pending.length === request.pending.length) return request;
  return pending.length === 0 ? finish(request, 'superseded') : { ...request, pending };
};

/** Last writer wins for each key, by effectiveAt and then by seq, so a late fact never hides a newer one. */
const setTags = (
  facts: readonly TagFact[],
  tags: Iterable<{ readonly key: string; readonly value: string | null }>,
  at: string,
  seq: number,
  ours: boolean,
): TagFact[] => {
  const byKey = new Map(facts.map((fact) => [fact.key, fact]));
  for (const { key, value } of tags) {
    const old = byKey.get(key);
    if (!old || old.at < at || (old.at === at && old.seq <= seq))
      byKey.set(key, { key, value, at, seq, ours });
  }
  return [...byKey.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
};

const finish = ({ id, attempt, overwrite }: Request, status: RequestStatus): Request => ({
  id,
  attempt,
  status,
  pending: [],
  overwrite,
});

type Outcome = Pick<Request, 'status'> & Partial<Pick<Request, 'pending' | 'error' | 'retryAt'>>;

const settle = (resource: Resource, id: string, outcome: Outcome): Resource => ({
  ...resource,
  requests: resource.requests.map((r) => (r.id === id && isOpen(r) ? { ...r, ...outcome } : r)),
});
