import { UnreadableEventError } from '../../events/recorded-event.ts';
import { parseArn, type ResourceArn } from '../../events/resource-arn.ts';
import { groupBy } from '../../shared/collections.ts';
import { DEFAULT_RETRY } from '../../tagging/retry-policy.ts';
import type { TagRules } from '../../tagging/rules/tag-rules.ts';
import { type FeedConsumer, type FeedUnreadable, mayBeUpgraded } from '../runtime/feed-batch.ts';
import { type AttemptDeps, attemptInPlace } from './attempt-requests.ts';
import { dueRequests } from './due-requests.ts';
import type { OnFailure } from './record-outcomes.ts';
import { LOOKING_MS, tagChildren } from './tag-children.ts';

/** The dependencies of {@link apply}. */
export interface ApplyDeps extends Omit<AttemptDeps, 'policy'> {
  /** The policy that decides how long to keep retrying; {@link DEFAULT_RETRY} by default. */
  readonly policy?: AttemptDeps['policy'];
  /** The tag rules for children that no record names. Without rules, apply does not look for children. */
  readonly childRules?: TagRules | undefined;
}

/** Time reserved for recording outcomes. */
const RESERVE_MS = 5_000;

/**
 * The change feed consumer that sets requested tags on EC2 resources and records the outcomes. Requests of a
 * batch with the same account, Region and tags share a call. A crash at any point is safe: the records are
 * redelivered, requests with an outcome are skipped, and setting the same tags twice changes nothing. After
 * the requests, it finds the children of newly created resources and requests their tags. Unreadable events
 * are logged, counted and skipped, because `project` quarantines them; events that a newer version wrote
 * recently are redelivered.
 *
 * Calls to EC2 stop early enough, by the invocation's clock, to record the outcomes. A request that was not
 * attempted for lack of time is redelivered without using up an attempt, as long as EC2 answered the first
 * request.
 */
export const apply = ({ childRules, policy = DEFAULT_RETRY, ...rest }: ApplyDeps): FeedConsumer => {
  const deps: AttemptDeps = { ...rest, policy };
  const children = childRules && tagChildren({ ...rest, rules: childRules });
  return async ({ events, unreadable }, { remainingMs }) => {
    const retry = new Set(reportUnreadable(deps, unreadable));
    const onFailure = failureHandler(deps, retry);
    const due = await dueRequests(deps.ledger, events, ({ position, recorded: { stream } }, error) =>
      onFailure(position, stream, 'a resource could not be read', error),
    );
    const callingMs = () => remainingMs() - RESERVE_MS - (children ? LOOKING_MS : 0);
    // Concurrently, so that an account with an empty token bucket does not delay the others.
    const left = await Promise.all(
      [...groupBy(due, placeOf).values()].map((requests) =>
        attemptInPlace(deps, requests, callingMs, onFailure),
      ),
    );
    const again = await children?.(events, () => remainingMs() - RESERVE_MS);
    return new Set([...retry, ...left.flat().map(({ position }) => position), ...(again ?? [])]);
  };
};

const placeOf = ({ stream }: { readonly stream: ResourceArn }): string => {
  const { account, region } = parseArn(stream);
  return `${account}/${region}`;
};

/** Logs and counts unreadable records. Returns the positions of those that a newer version may soon read. */
const reportUnreadable = (
  { ledger, telemetry }: AttemptDeps,
  unreadable: readonly FeedUnreadable[],
): number[] => {
  for (const { error } of unreadable) telemetry.error('unreadable record in the change feed', { error });
  telemetry.count('UnreadableRecords', unreadable.length);
  return unreadable.flatMap(({ position, error }) => (mayBeUpgraded(error, ledger.now()) ? [position] : []));
};

/** Reports a failure and adds its position to `retry`, unless the event can never be read. */
const failureHandler =
  ({ ledger, telemetry }: AttemptDeps, retry: Set<number>): OnFailure =>
  (position, stream, message, error) => {
    telemetry.error(message, { error, stream });
    const isUnreadable = error instanceof UnreadableEventError;
    if (isUnreadable) telemetry.count('UnreadableRecords', 1);
    if (!isUnreadable || mayBeUpgraded(error, ledger.now())) retry.add(position);
  };
