import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import pMap from 'p-map';
import { type Failure, recordApplied, recordFailed } from '../../commands/record-outcome.ts';
import { type Ledger, transact } from '../../commands/transact.ts';
import { canonicalJson } from '../../events/canonical-json.ts';
import { UnreadableEventError } from '../../events/recorded-event.ts';
import { parseArn, type ResourceArn } from '../../events/resource-arn.ts';
import { correlationIds } from '../../intake/correlation-ids.ts';
import { groupBy } from '../../shared/collections.ts';
import type { Telemetry } from '../../shared/telemetry.ts';
import { type Ec2, ranOutOfTime } from '../../tagging/ec2/call.ts';
import type { CallFailure } from '../../tagging/ec2/classify-failure.ts';
import { type CallOutcome, createTags } from '../../tagging/ec2/create-tags.ts';
import { type Pace, startPace } from '../../tagging/ec2/pace.ts';
import { DEFAULT_RETRY, type RetryPolicy, retryAt } from '../../tagging/retry-policy.ts';
import type { TagRules } from '../../tagging/rules/tag-rules.ts';
import { batchResponse, mayBeUpgraded, readBatch } from '../runtime/feed-batch.ts';
import { type Due, dueRequests } from './due-requests.ts';
import { LOOKING_MS, tagChildren } from './tag-children.ts';

/** What `apply` needs from outside. */
export interface ApplyDeps {
  readonly ledger: Ledger;
  /** A client with credentials for that account and Region. */
  readonly ec2: (account: string, region: string) => Ec2;
  readonly sleep: (ms: number) => Promise<void>;
  /** For the jitter of repeated calls; `Math.random` unless told. */
  readonly random?: () => number;
  readonly telemetry: Telemetry;
  /** How long to go on trying; {@link DEFAULT_RETRY} unless told. */
  readonly policy?: RetryPolicy;
  /** What children are asked to bear that no record names; they are not looked for when absent. */
  readonly childRules?: TagRules | undefined;
}

/** A request, and what came of its attempt. */
interface Attempted {
  readonly due: Due;
  readonly outcome: CallOutcome | undefined;
}

/** Groups of one account and Region are called side by side, but not more than this many: they share a token bucket of EC2. */
const GROUPS_AT_ONCE = 4;
const APPENDS_AT_ONCE = 16;
/** Time kept for recording outcomes. */
const RESERVE_MS = 5_000;
/** A request that no time is left for holds the change feed back no longer than this after it was recorded. */
const HOLD_MS = 60 * 60_000;

/**
 * The handler behind the change feed that puts requested tags on EC2 resources and records the outcome.
 * Requests of the batch with the same account, Region and tags share a call. Dying at any point is safe: the
 * records come again, what has an outcome is left alone, and setting the same tags twice changes nothing.
 * When all that is done it looks for the children of those that were just born, and asks for their tags.
 * What cannot be read is logged, counted and passed over, for `project` sets it aside; what a newer version wrote a
 * moment ago comes again.
 *
 * `remainingMs` is Lambda's own; calls to EC2 stop early enough for the outcomes to be recorded. What no time was
 * left for, while EC2 answered the first, comes again without having used up an attempt.
 */
export const apply = ({ childRules, ...deps }: ApplyDeps) => {
  const { ledger, ec2, sleep, random, telemetry, policy = DEFAULT_RETRY } = deps;
  const nextAttempt: NextAttempt = (failure, { attempt }, now) => {
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
    for (const { index, error } of unreadable) {
      telemetry.error('unreadable record in the change feed', { error });
      if (mayBeUpgraded(error, ledger.now())) failed.add(index);
    }
    telemetry.count('UnreadableRecords', unreadable.length);

    /** What must come again, unless it could never be read. */
    const fail = (index: number, stream: ResourceArn, message: string, error: unknown) => {
      telemetry.error(message, { error, stream });
      const isUnreadable = error instanceof UnreadableEventError;
      if (isUnreadable) telemetry.count('UnreadableRecords', 1);
      if (!isUnreadable || mayBeUpgraded(error, ledger.now())) failed.add(index);
    };
    const begin = remainingMs();
    const elapsedMs = () => begin - remainingMs();

    const settle = async ({ due, outcome }: Attempted) => {
      try {
        await recordOutcome(ledger, due, outcome, nextAttempt);
        if (outcome?.ok) telemetry.measure('TimeToTag', (ledger.now().getTime() - due.askedAt) / 1_000);
      } catch (error) {
        fail(due.index, due.stream, 'the outcome could not be recorded', error);
      }
    };

    const settleAll = async (attempted: readonly Attempted[]) => {
      const [first] = attempted;
      if (!first) return;
      const { account, region } = parseArn(first.due.stream);
      const applied = attempted.filter(({ outcome }) => outcome?.ok).length;
      telemetry.count('ResourcesApplied', applied);
      telemetry.count('ResourcesFailed', attempted.length - applied);
      telemetry.info('tags applied', {
        account,
        region,
        applied,
        failed: attempted.length - applied,
        ...correlationIds(
          'causes',
          attempted.map(({ due }) => due.cause),
        ),
        ...correlationIds(
          'requests',
          attempted.map(({ due }) => due.request),
        ),
      });
      await pMap(attempted, settle, { concurrency: APPENDS_AT_ONCE });
    };

    /** Makes the calls for a group, and records what came of those that time was left for. */
    const attempt = async (group: readonly Due[], pace: Pace): Promise<Attempted[]> => {
      const [{ stream, tags }] = group as readonly [Due];
      const { account, region } = parseArn(stream);
      const askedAt = new Map(group.map((due) => [parseArn(due.stream).id, due.askedAt]));
      const outcomes = await createTags(ec2(account, region), [...askedAt.keys()], tags, {
        sleep,
        random,
        pace,
        remainingMs: () => remainingMs() - RESERVE_MS - (children ? LOOKING_MS : 0),
        isYoung: (id) => ledger.now().getTime() - (askedAt.get(id) ?? 0) < policy.newForMs,
      });
      const all = group.map((due) => ({ due, outcome: outcomes.get(parseArn(due.stream).id) }));
      await settleAll(all.filter((one) => !isUntried(one)));
      return all;
    };

    const attemptInPlace = async (requests: readonly Due[]) => {
      const pace = startPace(elapsedMs, random);
      const groups = groupBy(requests, ({ tags }) => canonicalJson(tags)).values();
      const attempted = (
        await pMap(groups, (group) => attempt(group, pace), { concurrency: GROUPS_AT_ONCE })
      ).flat();
      const untried = attempted.filter(isUntried);
      const isLeft = mayComeAgain(attempted, ledger.now());
      const left = untried.filter(isLeft);
      for (const { due } of left) failed.add(due.index);
      telemetry.count('RequestsLeftForLater', left.length);
      await settleAll(untried.filter((one) => !isLeft(one)));
    };

    const due = await dueRequests(ledger, arrivals, ({ index, recorded: { stream } }, error) =>
      fail(index, stream, 'a resource could not be read', error),
    );
    const places = groupBy(due, ({ stream }) => {
      const { account, region } = parseArn(stream);
      return `${account}/${region}`;
    });
    // All at once: an account whose bucket is empty must not keep the others waiting.
    await Promise.all([...places.values()].map(attemptInPlace));
    const again = await children?.(arrivals, () => remainingMs() - RESERVE_MS);
    return batchResponse(Records, [...failed, ...(again ?? [])]);
  };
};

const isUntried = ({ outcome }: Attempted): boolean => outcome?.ok === false && ranOutOfTime(outcome.failure);

/** Without time, throttled or down: nothing that EC2 says of the request itself. */
const isNoAnswer = ({ class: failureClass }: CallFailure): boolean =>
  failureClass === 'throttled' || failureClass === 'unavailable';

/**
 * Which of the untried requests of an account and Region may come again with the next delivery. None when EC2 did not
 * answer the first request either: the change feed would stand still, and other accounts with it. And none that has
 * waited for long.
 */
const mayComeAgain = ([first]: readonly Attempted[], now: Date) => {
  const isAnswered = first?.outcome !== undefined && (first.outcome.ok || !isNoAnswer(first.outcome.failure));
  return ({ due }: Attempted): boolean => isAnswered && now.getTime() - due.recordedAt < HOLD_MS;
};

/** When a request has its next attempt after a failure; nothing when that is final. */
type NextAttempt = (failure: CallFailure, due: Due, now: Date) => Pick<Failure, 'retryAt'> | undefined;

const recordOutcome = async (
  ledger: Ledger,
  due: Due,
  outcome: CallOutcome | undefined,
  nextAttempt: NextAttempt,
): Promise<void> => {
  if (!outcome) throw new Error(`no outcome was given for ${due.stream}`);
  const now = ledger.now();
  const at = now.toISOString();
  const decision = outcome.ok
    ? recordApplied(due.stream, due, { ...outcome, at, tags: due.tags })
    : recordFailed(due.stream, due, { ...outcome.failure, at, ...nextAttempt(outcome.failure, due, now) });
  await transact(ledger, due.stream, decision, due.known);
};
