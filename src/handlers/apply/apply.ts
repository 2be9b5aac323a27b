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

/** What `apply` needs from outside. */
export interface ApplyDeps extends Omit<AttemptDeps, 'policy'> {
  /** How long to go on trying; {@link DEFAULT_RETRY} unless told. */
  readonly policy?: AttemptDeps['policy'];
  /** What children are asked to bear that no record names; they are not looked for when absent. */
  readonly childRules?: TagRules | undefined;
}

/** Time kept for recording outcomes. */
const RESERVE_MS = 5_000;

/**
 * The consumer behind the change feed that puts requested tags on EC2 resources and records the outcome.
 * Requests of the batch with the same account, Region and tags share a call. Dying at any point is safe: the
 * records come again, what has an outcome is left alone, and setting the same tags twice changes nothing.
 * When all that is done it looks for the children of those that were just born, and asks for their tags.
 * What cannot be read is logged, counted and passed over, for `project` sets it aside; what a newer version wrote a
 * moment ago comes again.
 *
 * Calls to EC2 stop early enough, by the invocation's clock, for the outcomes to be recorded. What no time was left
 * for, while EC2 answered the first, comes again without having used up an attempt.
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
    // All at once: an account whose bucket is empty must not keep the others waiting.
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

/** Logs and counts what cannot be read, and gives the positions of what a newer version may read soon. */
const reportUnreadable = (
  { ledger, telemetry }: AttemptDeps,
  unreadable: readonly FeedUnreadable[],
): number[] => {
  for (const { error } of unreadable) telemetry.error('unreadable record in the change feed', { error });
  telemetry.count('UnreadableRecords', unreadable.length);
  return unreadable.flatMap(({ position, error }) => (mayBeUpgraded(error, ledger.now()) ? [position] : []));
};

/** Reports what failed, and notes in `retry` what must come again: all but what could never be read. */
const failureHandler =
  ({ ledger, telemetry }: AttemptDeps, retry: Set<number>): OnFailure =>
  (position, stream, message, error) => {
    telemetry.error(message, { error, stream });
    const isUnreadable = error instanceof UnreadableEventError;
    if (isUnreadable) telemetry.count('UnreadableRecords', 1);
    if (!isUnreadable || mayBeUpgraded(error, ledger.now())) retry.add(position);
  };
