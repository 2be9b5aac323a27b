import pMap from 'p-map';
import { canonicalJson } from '../../events/canonical-json.ts';
import { parseArn } from '../../events/resource-arn.ts';
import { groupBy } from '../../shared/collections.ts';
import { type Ec2, ranOutOfTime } from '../../tagging/ec2/call.ts';
import type { CallFailure } from '../../tagging/ec2/classify-failure.ts';
import { createTags } from '../../tagging/ec2/create-tags.ts';
import { type Pace, startPace } from '../../tagging/ec2/pace.ts';
import type { Due } from './due-requests.ts';
import {
  type AttemptedRequest,
  type OnFailure,
  type OutcomeDeps,
  recordOutcomes,
} from './record-outcomes.ts';
import { seeCopiedTags } from './see-copied-tags.ts';

/** What attempts need from outside. */
export interface AttemptDeps extends OutcomeDeps {
  /** A client with credentials for that account and Region. */
  readonly ec2: (account: string, region: string) => Ec2;
  readonly sleep: (ms: number) => Promise<void>;
}

/** Groups of one account and Region are called side by side, but not more than this many: they share a token bucket of EC2. */
const GROUPS_AT_ONCE = 4;
/** The longest time after it was recorded that a request without an attempt can hold back the change feed. */
const HOLD_MS = 60 * 60_000;

/**
 * Attempts the requests of one account and Region, with one call for all requests of the same tags, and
 * records the outcomes. Calls end when `remainingMs` runs out. Returns the requests that were not attempted
 * for lack of time and need redelivery.
 */
export const attemptInPlace = async (
  deps: AttemptDeps,
  requests: readonly Due[],
  remainingMs: () => number,
  onFailure: OnFailure,
): Promise<Due[]> => {
  const { ledger, telemetry, random, sleep } = deps;
  const begin = remainingMs();
  const pace = startPace(() => begin - remainingMs(), random);
  const isYoung = ({ askedAt }: Pick<Due, 'askedAt'>) =>
    ledger.now().getTime() - askedAt < deps.policy.newForMs;
  const [{ stream }] = requests as readonly [Due];
  const { account, region } = parseArn(stream);
  const { ready, refused } = await seeCopiedTags(
    { ledger, ec2: deps.ec2(account, region) },
    requests,
    { sleep, random, remainingMs, isYoung },
    onFailure,
  );
  await recordOutcomes(
    deps,
    refused.filter((one) => !isUntried(one)),
    onFailure,
  );
  const groups = groupBy(ready, ({ tags }) => canonicalJson(tags)).values();
  const attempted = await pMap(
    groups,
    async (group) => {
      const all = await callFor(deps, group, pace, remainingMs);
      const tried = all.filter((one) => !isUntried(one));
      await recordOutcomes(deps, tried, onFailure);
      return all;
    },
    { concurrency: GROUPS_AT_ONCE },
  );
  const { left, over } = splitUntried([...attempted.flat(), ...refused], ledger.now());
  telemetry.count('RequestsLeftForLater', left.length);
  await recordOutcomes(deps, over, onFailure);
  return left.map(({ due }) => due);
};

/** Makes the calls for requests of one account and Region that have the same tags. */
const callFor = async (
  { ledger, ec2, sleep, random, policy }: AttemptDeps,
  group: readonly Due[],
  pace: Pace,
  remainingMs: () => number,
): Promise<AttemptedRequest[]> => {
  const [{ stream, tags }] = group as readonly [Due];
  const { account, region } = parseArn(stream);
  const askedAt = new Map(group.map((due) => [parseArn(due.stream).id, due.askedAt]));
  const outcomes = await createTags(ec2(account, region), [...askedAt.keys()], tags, {
    sleep,
    random,
    pace,
    remainingMs,
    isYoung: (id) => ledger.now().getTime() - (askedAt.get(id) ?? 0) < policy.newForMs,
  });
  return group.map((due) => ({ due, outcome: outcomes.get(parseArn(due.stream).id) }));
};

const isUntried = ({ outcome }: AttemptedRequest): boolean =>
  outcome?.ok === false && ranOutOfTime(outcome.failure);

/**
 * Whether EC2 was throttled or unavailable, or time ran out. Such a failure says nothing about the request
 * itself.
 */
const isNoAnswer = ({ class: failureClass }: CallFailure): boolean =>
  failureClass === 'throttled' || failureClass === 'unavailable';

/**
 * Splits the untried requests of an account and Region: those in `left` wait for redelivery, those in `over`
 * have failed. No request is left if EC2 did not answer the first one either, because the change feed would
 * stop, for other accounts too. A request that has waited for `HOLD_MS` is not left either.
 */
const splitUntried = (attempted: readonly AttemptedRequest[], now: Date) => {
  const [first] = attempted;
  const isAnswered = first?.outcome !== undefined && (first.outcome.ok || !isNoAnswer(first.outcome.failure));
  const isLeft = ({ due }: AttemptedRequest) => isAnswered && now.getTime() - due.recordedAt < HOLD_MS;
  const untried = attempted.filter(isUntried);
  return { left: untried.filter(isLeft), over: untried.filter((one) => !isLeft(one)) };
};
