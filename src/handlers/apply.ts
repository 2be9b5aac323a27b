import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import pMap from 'p-map';
import { type Failure, recordApplied, recordFailed } from '../commands/record-outcome.ts';
import { type Ledger, transact } from '../commands/transact.ts';
import { canonicalJson } from '../events/canonical-json.ts';
import type { EventStore, Place } from '../events/event-store.ts';
import { groupBy } from '../events/group-by.ts';
import { type RecordedEvent, UnreadableEventError } from '../events/recorded-event.ts';
import { fold } from '../events/resource.ts';
import { parseArn, type ResourceArn } from '../events/resource-arn.ts';
import type { Tag } from '../events/tag.ts';
import { requestIdOf } from '../events/tag-event.ts';
import type { Ec2 } from '../tagging/call-ec2.ts';
import type { CallFailure } from '../tagging/classify-failure.ts';
import { createTags, type Outcome } from '../tagging/create-tags.ts';
import { DEFAULT_RETRY, type RetryPolicy, retryAt } from '../tagging/retry-policy.ts';
import type { TagRules } from '../tagging/tag-rules.ts';
import { type Arrival, batchResponse, readBatch } from './change-feed.ts';
import { tagChildren } from './children.ts';
import type { Observer } from './observer.ts';

/** What `apply` needs from outside. */
export interface ApplyDeps {
  readonly ledger: Ledger;
  /** A client with credentials for that account and Region. */
  readonly ec2: (account: string, region: string) => Ec2;
  readonly sleep: (ms: number) => Promise<void>;
  /** For the jitter of repeated calls; `Math.random` unless told. */
  readonly random?: () => number;
  readonly observer: Observer;
  /** How long to go on trying; {@link DEFAULT_RETRY} unless told. */
  readonly policy?: RetryPolicy;
  /** What children are asked to bear that no record names; they are not looked for when absent. */
  readonly childRules?: TagRules | undefined;
}

/** A request that waits for its attempt. */
interface Due {
  readonly index: number;
  readonly stream: ResourceArn;
  readonly request: string;
  readonly attempt: number;
  /** When the cause of the request happened, in ms since the epoch: a lower bound of the resource's age. */
  readonly askedAt: number;
  readonly tags: readonly Tag[];
  /** The stream's events as far as they were read; undefined when only the request itself was. */
  readonly known: readonly RecordedEvent[] | undefined;
}

/** Groups are called side by side, but not more than this many: they share one token bucket of EC2. */
const GROUPS_AT_ONCE = 4;
const APPENDS_AT_ONCE = 16;

/**
 * The handler behind the change feed that puts requested tags on EC2 resources and records the outcome.
 * Requests of the batch with the same account, Region and tags share a call. Dying at any point is safe: the
 * records come again, what has an outcome is left alone, and setting the same tags twice changes nothing.
 * When all that is done it looks for the children of those that were just born, and asks for their tags.
 * What can never be read is logged, counted and passed over: `project` sets it aside.
 *
 * `remainingMs` is Lambda's own; calls to EC2 stop early enough for the outcomes to be recorded.
 */
export const apply = ({ childRules, ...deps }: ApplyDeps) => {
  const { ledger, ec2, sleep, random, observer, policy = DEFAULT_RETRY } = deps;
  const nextAttempt = (failure: CallFailure, { attempt }: Due, now: Date) => {
    const due = retryAt(policy, failure, attempt, now, random);
    return due && { retryAt: due.toISOString() };
  };
  const children = childRules && tagChildren({ ...deps, rules: childRules });
  return async (
    { Records }: DynamoDBStreamEvent,
    remainingMs: () => number,
  ): Promise<DynamoDBBatchResponse> => {
    const { arrivals, unreadable } = readBatch(Records);
    const failed = new Set<number>();
    for (const { error } of unreadable) observer.error('unreadable record in the change feed', { error });
    observer.count('UnreadableRecords', unreadable.length);

    /** What must come again, unless it could never be read. */
    const fail = (index: number, stream: ResourceArn, message: string, error: unknown) => {
      observer.error(message, { error, stream });
      if (error instanceof UnreadableEventError) observer.count('UnreadableRecords', 1);
      else failed.add(index);
    };

    const settle = async (due: Due, outcome: Outcome | undefined) => {
      try {
        await recordOutcome(ledger, due, outcome, nextAttempt);
      } catch (error) {
        fail(due.index, due.stream, 'the outcome could not be recorded', error);
      }
    };

    const attempt = async (group: readonly Due[]) => {
      const [{ stream, tags } = group[0] as Due] = group;
      const { account, region } = parseArn(stream);
      const askedAt = new Map(group.map((due) => [parseArn(due.stream).id, due.askedAt]));
      const outcomes = await createTags(ec2(account, region), [...askedAt.keys()], tags, {
        sleep,
        random,
        remainingMs: () => remainingMs() - RESERVE_MS,
        isYoung: (id) => ledger.now().getTime() - (askedAt.get(id) ?? 0) < policy.newForMs,
      });
      const applied = [...outcomes.values()].filter(({ ok }) => ok).length;
      observer.count('ResourcesApplied', applied);
      observer.count('ResourcesFailed', outcomes.size - applied);
      observer.info('tags applied', { account, region, applied, failed: outcomes.size - applied });
      await pMap(group, (due) => settle(due, outcomes.get(parseArn(due.stream).id)), {
        concurrency: APPENDS_AT_ONCE,
      });
    };

    const due = await dueRequests(ledger, arrivals, ({ index, recorded: { stream } }, error) =>
      fail(index, stream, 'a resource could not be read', error),
    );
    await pMap(grouped(due), attempt, { concurrency: GROUPS_AT_ONCE });
    const again = await children?.(arrivals, () => remainingMs() - RESERVE_MS);
    return batchResponse(Records, [...failed, ...(again ?? [])]);
  };
};

/** Time kept for recording outcomes. */
const RESERVE_MS = 5_000;

/**
 * The requests among the arrivals that still wait for an attempt, with the tags that are still theirs to set.
 * A stream that cannot be read keeps only its own request from being found.
 */
const dueRequests = async (
  { store }: Ledger,
  arrivals: readonly Arrival[],
  onUnreadable: (arrival: Arrival, error: unknown) => void,
): Promise<Due[]> => {
  const requested = new Map<string, Arrival>();
  for (const arrival of arrivals) {
    const { event } = arrival.recorded;
    if (event.type === 'TagRequested') requested.set(event.eventId, requested.get(event.eventId) ?? arrival);
  }
  const isFollowed = await followers(store, [...requested.values()]);
  const dueOf = async ({ index, recorded }: Arrival): Promise<Due | undefined> => {
    const { stream, seq, event } = recorded;
    if (event.type !== 'TagRequested') return undefined;
    const request = requestIdOf(event);
    const base = { index, stream, request, attempt: event.attempt, askedAt: Date.parse(event.effectiveAt) };
    if (!isFollowed(recorded)) {
      return { ...base, tags: event.tags, known: seq === 1 ? [recorded] : undefined };
    }
    const known = await store.read(stream);
    const state = fold(known).requests.find((r) => r.id === request);
    if (state?.status !== 'open' || state.attempt !== event.attempt) return undefined;
    return { ...base, tags: state.pending, known };
  };
  const due = await pMap(
    requested.values(),
    (arrival) => dueOf(arrival).catch((error: unknown) => onUnreadable(arrival, error)),
    { concurrency: APPENDS_AT_ONCE },
  );
  return due.flatMap((one) => one ?? []);
};

/**
 * Tells of each of the arrivals whether something stands behind it in its stream, by one look at all those places. When
 * something there cannot be read, every arrival counts as followed: each stream is read then, and fails on its own.
 */
const followers = async (
  store: EventStore,
  arrivals: readonly Arrival[],
): Promise<(place: Place) => boolean> => {
  const next = ({ stream, seq }: Place): Place => ({ stream, seq: seq + 1 });
  try {
    const found = await store.find(arrivals.map(({ recorded }) => next(recorded)));
    const names = new Set(found.map(placeName));
    return (place) => names.has(placeName(next(place)));
  } catch (error) {
    if (!(error instanceof UnreadableEventError)) throw error;
    return () => true;
  }
};

const placeName = ({ stream, seq }: Place): string => `${seq} ${stream}`;

/** Requests that one call can serve: the same account, Region and tags. */
const grouped = (due: readonly Due[]): Due[][] => [
  ...groupBy(due, ({ stream, tags }) => {
    const { account, region } = parseArn(stream);
    return canonicalJson([account, region, tags]);
  }).values(),
];

const recordOutcome = async (
  ledger: Ledger,
  due: Due,
  outcome: Outcome | undefined,
  nextAttempt: (failure: CallFailure, due: Due, now: Date) => Pick<Failure, 'retryAt'> | undefined,
): Promise<void> => {
  if (!outcome) throw new Error(`no outcome was given for ${due.stream}`);
  const now = ledger.now();
  const at = now.toISOString();
  const decision = outcome.ok
    ? recordApplied(due.stream, due, { ...outcome, at, tags: due.tags })
    : recordFailed(due.stream, due, { ...outcome.failure, at, ...nextAttempt(outcome.failure, due, now) });
  await transact(ledger, due.stream, decision, due.known);
};
