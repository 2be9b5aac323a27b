import { isOpen, type OpenRequest, type Request } from '../request.ts';
import type { Tag } from '../tag.ts';
import {
  requestIdOf,
  type TagEvent,
  type TagFailed,
  type TagObserved,
  type TagRequested,
} from '../tag-event.ts';
import type { FoldedEvent } from './act.ts';

/**
 * For the place of each outcome of a request, the request as it was open then. An outcome that was recorded after
 * its request had ended has none.
 */
export type RequestOutcomes = ReadonlyMap<number, OpenRequest>;

/** A request, and when its cause happened: it belongs to the life that the resource had then. */
export interface RequestOfLife {
  readonly request: Request;
  readonly since: string;
}

/** All requests of a stream, in the order of their first attempts. */
export interface FoldedRequests {
  readonly requests: readonly RequestOfLife[];
  readonly outcomes: RequestOutcomes;
}

/** What the requests of a stream are, so far. */
interface Requests {
  readonly all: Map<string, RequestOfLife>;
  readonly open: Set<string>;
  /** The latest value of each key that is known so far, and its time. */
  readonly latest: Map<string, { readonly at: string; readonly value: string | null }>;
  /** When all tags were last removed at once. */
  cleared: string;
}

/**
 * Folds the requests of a stream. Requests are decisions, so their events count in the order in which they were
 * recorded: what tagledger did depends on what it knew. The lives of the resource are not looked at (see `fold`).
 * `known` are the requests of the events before these; when their causes happened is not known any more.
 */
export const foldRequests = (events: readonly FoldedEvent[], known: readonly Request[]): FoldedRequests => {
  const state: Requests = {
    all: new Map(known.map((request) => [request.id, { request, since: '' }])),
    open: new Set(known.filter(isOpen).map(({ id }) => id)),
    latest: new Map(),
    cleared: '',
  };
  const outcomes = new Map<number, OpenRequest>();
  for (const { seq, recordedAt, event } of events) {
    switch (event.type) {
      case 'TagRequested':
        if (event.birth) letGoBirthTags(state, event.effectiveAt, event.birth.tags);
        open(state, event, recordedAt);
        break;
      case 'TagObserved':
        observe(state, event);
        break;
      case 'TagApplied':
      case 'TagFailed': {
        const request = end(state, event);
        if (request) outcomes.set(seq, request);
        break;
      }
      default:
    }
  }
  return { requests: [...state.all.values()], outcomes };
};

/** A new request takes its keys from older open requests: the last request wins. */
const open = (state: Requests, event: TagRequested, asked: string): void => {
  const { attempt, tags: pending, overwrite = [], effectiveAt: since } = event;
  const id = requestIdOf(event);
  const known = state.all.get(id);
  if (!known) {
    const wanted = new Set(pending.map(({ key }) => key));
    letGo(state, (key) => wanted.has(key));
  }
  const request: OpenRequest = { id, attempt, status: 'open', asked, pending, overwrite };
  state.all.set(id, { since: known?.since ?? since, request });
  state.open.add(id);
};

/** Applies an outcome, and returns the request as it was; undefined if it was not open. */
const end = (state: Requests, event: Outcome): OpenRequest | undefined => {
  const request = state.all.get(event.request)?.request;
  if (event.type === 'TagApplied') {
    for (const { key, value } of event.tags) learn(state, key, value, event.effectiveAt);
  }
  if (!request || !isOpen(request)) return undefined;
  put(state, event.request, outcomeOf(event, request));
  return request;
};

type Outcome = Extract<TagEvent, { type: 'TagApplied' | 'TagFailed' }>;

const put = (state: Requests, id: string, request: Request): void => {
  const known = state.all.get(id);
  if (known) state.all.set(id, { ...known, request });
  if (!isOpen(request)) state.open.delete(id);
};

const outcomeOf = (event: Outcome, { id, attempt, ...rest }: OpenRequest): Request => {
  if (event.type === 'TagApplied') return { id, attempt, status: 'applied' };
  const { retryAt } = event;
  const error = errorOf(event);
  return retryAt
    ? { id, attempt, ...rest, status: 'retrying', error, retryAt }
    : { id, attempt, status: 'failed', error };
};

const errorOf = ({ code, class: failureClass, message }: TagFailed) => ({
  code,
  class: failureClass,
  message,
});

const observe = (
  state: Requests,
  { how, set, removed, removedIf = [], effectiveAt: at, complete }: TagObserved,
): void => {
  // A baseline shows what was there, and perhaps what the request itself set: nobody's act, so no request lets go of a key.
  if (complete) return;
  if (how === 'birth') {
    letGoBirthTags(state, at, set);
    return;
  }
  if (removed === 'all') {
    if (state.cleared < at) state.cleared = at;
  } else for (const key of removed) learn(state, key, null, at);
  for (const { key, value } of removedIf) {
    if (state.latest.get(key)?.value === value) learn(state, key, null, at);
  }
  letGoTo(
    state,
    set.flatMap(({ key, value }) => (learn(state, key, value, at) ? [key] : [])),
  );
};

/** What is known of the second of a creation, or later, is newer than its tags. */
const letGoBirthTags = (state: Requests, at: string, tags: readonly Tag[]): void => {
  if (state.cleared >= at) return;
  const fresh = tags.filter(({ key }) => (state.latest.get(key)?.at ?? '') < at);
  letGoTo(
    state,
    fresh.flatMap(({ key, value }) => (learn(state, key, value, at) ? [key] : [])),
  );
};

/** Notes a value, unless a newer one is known: a late fact that a newer one hides takes no key from a request. */
const learn = ({ latest, cleared }: Requests, key: string, value: string | null, at: string): boolean => {
  if (at < cleared || at < (latest.get(key)?.at ?? '')) return false;
  latest.set(key, { at, value });
  return true;
};

/** A value that a person sets while a request waits stays: the request drops the key, unless it may overwrite it. */
const letGoTo = (state: Requests, keys: readonly string[]): void => {
  const theirs = new Set(keys);
  if (theirs.size > 0) letGo(state, (key, { overwrite }) => theirs.has(key) && !overwrite.includes(key));
};

const letGo = (state: Requests, isTaken: (key: string, request: OpenRequest) => boolean): void => {
  for (const id of [...state.open]) {
    const request = state.all.get(id)?.request;
    if (!request || !isOpen(request)) continue;
    const pending = request.pending.filter(({ key }) => !isTaken(key, request));
    if (pending.length === request.pending.length) continue;
    const { attempt } = request;
    put(state, id, pending.length === 0 ? { id, attempt, status: 'superseded' } : { ...request, pending });
  }
};
