import { type Act, actOf, type FoldedEvent } from './fold/act.ts';
import { foldRequests, type RequestOfLife, type RequestOutcomes } from './fold/fold-requests.ts';
import { joinActs } from './fold/join-acts.ts';
import { type Replayed, replay } from './fold/replay.ts';
import type { Life, Milestone, Uncertainty } from './life.ts';
import { isOpen, type Request } from './request.ts';
import type { Tag } from './tag.ts';
import { isSimulated } from './tag-event.ts';
import type { TagFact } from './tag-fact.ts';

/**
 * Everything that the ledger knows about one resource: the fold of its stream. It is
 * plain JSON and can be stored as is.
 */
export interface Resource {
  /** The {@link FOLD_VERSION} of the fold that made it; absent in rows that were made before version 2. */
  readonly foldVersion?: number;
  readonly lastSeq: number;
  /**
   * The latest time of anything that was observed of it, whether or not it changed something. Absent if nothing was, and
   * in rows that were made before {@link foldOnto}.
   */
  readonly observedUntil?: string;
  /** The creation of its last life; absent until the ledger has seen it. */
  readonly born?: Milestone;
  /** When a baseline first showed that its last life existed; only while the creation of that is not known. */
  readonly found?: string;
  /** The end of its last life; absent while that lasts, as far as the ledger knows. */
  readonly retired?: Milestone;
  /** Its last life may have ended, and nothing later shows that it exists. */
  readonly uncertain?: Uncertainty;
  /** The lives before the last one, in the order of time; absent if there are none. */
  readonly formerLives?: readonly Life[];
  /** The tags of its last life, sorted by key. */
  readonly tags: readonly TagFact[];
  /** When all tags of the last life were last removed at once. */
  readonly cleared?: string;
  /** Its last life began with tags copied from a source, and nothing has shown them since: it may have other tags. */
  readonly unseenTags?: true;
  /** In the order of their first attempts. */
  readonly requests: readonly Request[];
  /** A simulated EC2 told of it, or of what became of its requests. */
  readonly simulated?: true;
  /** Why the resources of a call are unknown. Only in the stream of a gap. */
  readonly gap?: string;
  /** The latest policy and when it came into force. Only in the policy stream. */
  readonly policy?: { readonly id: string; readonly at: string };
}

/**
 * The version of the fold. Raise it whenever the same events yield another answer than before, with a
 * decision record that lists each changed golden answer. Rows hold it, so that a row of another version is
 * found by a comparison with the ledger and made anew by `rebuild`. 1 applied events in the order in which they were recorded; 2 sorts them by time.
 */
export const FOLD_VERSION = 2;

/** A resource that the ledger knows nothing about. */
export const UNKNOWN: Resource = { foldVersion: FOLD_VERSION, lastSeq: 0, tags: [], requests: [] };

/** Puts the version of the fold in front of an answer, or a row of one, that the fold produced. */
export const withFoldVersion = <T extends object>(answer: T): T & { readonly foldVersion: number } => ({
  foldVersion: FOLD_VERSION,
  ...answer,
});

/** What a stream's events say, before it is replayed. */
export interface StreamHistory {
  /** In no particular order. */
  readonly acts: readonly Act[];
  readonly requests: readonly RequestOfLife[];
  readonly outcomes: RequestOutcomes;
}

/**
 * The acts and requests of a stream's events, which come in the order of the stream. `known` are the requests of the
 * events before them.
 */
export const historyOf = (events: readonly FoldedEvent[], known: readonly Request[] = []): StreamHistory => ({
  acts: joinActs(events.flatMap((event) => actOf(event) ?? [])),
  ...foldRequests(events, known),
});

/**
 * The state after a stream's events, which come in the order of the stream. It never throws: what the ledger holds
 * has happened and cannot be refused. What was observed counts in the order of time, whatever the order of the stream
 * (see `replay`); tagledger's decisions count in the order in which they were taken.
 */
export const fold = (events: readonly FoldedEvent[]): Resource => foldOnto(UNKNOWN, events);

/**
 * The state after the events that come next in a stream, from the state after those before them. It equals the fold of
 * the whole stream only if `continueFold` says so: nothing else may call this.
 */
export const foldOnto = (before: Resource, events: readonly FoldedEvent[]): Resource => {
  const last = events.at(-1);
  if (!last) return before;
  const { acts, requests, outcomes } = historyOf(events, before.requests);
  const replayed = replay(acts, outcomes, { before: replayedOf(before) });
  const { facts, cleared, unseenTags } = replayed;
  const policy = policyIn(events, before.policy);
  const gap = before.gap ?? gapIn(acts);
  const observedUntil = latestOf(acts, before.observedUntil);
  const simulated = before.simulated || events.some(({ event }) => isSimulated(event));
  return {
    foldVersion: FOLD_VERSION,
    lastSeq: last.seq,
    ...(observedUntil !== undefined && { observedUntil }),
    ...livesIn(replayed),
    tags: [...facts.values()].sort((a, b) => (a.key < b.key ? -1 : 1)),
    ...(cleared !== undefined && { cleared }),
    ...(unseenTags && { unseenTags }),
    requests: requests.map((one) => asOfLife(one, replayed.lives)),
    ...(simulated && { simulated }),
    ...(gap !== undefined && { gap }),
    ...(policy && { policy }),
  };
};

/** What a replay knew at its end, from the state that was made of it. */
const replayedOf = (resource: Resource): Replayed => ({
  lives: livesOf(resource),
  facts: new Map(resource.tags.map((fact) => [fact.key, fact])),
  ...(resource.cleared !== undefined && { cleared: resource.cleared }),
  ...(resource.unseenTags && { unseenTags: resource.unseenTags }),
});

const latestOf = (acts: readonly Act[], before: string | undefined): string | undefined => {
  let latest = before;
  for (const { at, told } of acts) {
    const end = told && told.at > at ? told.at : at;
    if (latest === undefined || end > latest) latest = end;
  }
  return latest;
};

/** The lives of a resource as its state has them: the members of the last one, and the others. */
export type Lives = Pick<Resource, 'born' | 'found' | 'retired' | 'uncertain' | 'formerLives'>;

/** The lives of a resource in the form of {@link Resource}. */
export const livesIn = ({ lives }: Replayed): Lives => {
  const { created, found, ended, uncertain } = lives.at(-1) ?? {};
  return {
    ...(created && { born: created }),
    ...(found && { found }),
    ...(ended && { retired: ended }),
    ...(uncertain && { uncertain }),
    ...(lives.length > 1 && { formerLives: lives.slice(0, -1) }),
  };
};

/** All lives of a resource, in the order of time. */
export const livesOf = ({ born, found, retired, uncertain, formerLives = [] }: Lives): readonly Life[] => [
  ...formerLives,
  {
    ...(born && { created: born }),
    ...(found && { found }),
    ...(retired && { ended: retired }),
    ...(uncertain && { uncertain }),
  },
];

/**
 * Whether all tags of a resource are known: its creation is, or a baseline showed them. Otherwise it may have others than
 * the known ones.
 */
export const isWhole = ({ born, found }: Lives): boolean => born !== undefined || found !== undefined;

/** A request ends with the life of its cause, and is open again if that life is restored. */
const asOfLife = ({ request, since }: RequestOfLife, lives: readonly Life[]): Request => {
  if (!isOpen(request)) return request;
  const last = lives.at(-1);
  const isOfLast = lives.length <= 1 || since >= (last?.created?.at ?? '');
  const { id, attempt } = request;
  return isOfLast && !last?.ended ? request : { id, attempt, status: 'retired' };
};

/** Why the resources of a call are unknown, if the acts are those of a gap. */
export const gapIn = (acts: readonly Act[]): string | undefined => {
  for (const { event } of acts.map(({ source }) => source))
    if (event.type === 'GapFound') return event.reason;
  return undefined;
};

const policyIn = (events: readonly FoldedEvent[], before: Resource['policy']): Resource['policy'] => {
  let policy = before;
  for (const { event } of events) {
    if (event.type !== 'PolicyRecorded' || event.effectiveAt < (policy?.at ?? '')) continue;
    policy = { id: event.policy, at: event.effectiveAt };
  }
  return policy;
};

/** The keys that open requests are about to set. */
export const pendingKeys = ({ requests }: Pick<Resource, 'requests'>): ReadonlySet<string> =>
  new Set(requests.filter(isOpen).flatMap(({ pending }) => pending.map(({ key }) => key)));

/** The tags that the resource has now. */
export const currentTags = ({ tags }: Pick<Resource, 'tags'>): Tag[] =>
  tags.flatMap(({ key, value }) => (value === null ? [] : [{ key, value }]));
