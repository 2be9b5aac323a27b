import pMap from 'p-map';
import { decisionsOnChildren } from '../../commands/end-children.ts';
import { observeChildren } from '../../commands/observe-dependency.ts';
import { decideChildRequest } from '../../commands/request-for-child.ts';
import { type Ledger, transact } from '../../commands/transact.ts';
import { resourceStream } from '../../events/ledger-stream.ts';
import { arnOf } from '../../events/resource-arn.ts';
import { applyTagRules } from '../../intake/apply-tag-rules.ts';
import { correlationIds } from '../../intake/correlation-ids.ts';
import { groupBy, recentNames } from '../../shared/collections.ts';
import type { Telemetry } from '../../shared/telemetry.ts';
import { type Child, type FailedQuery, findChildren } from '../../tagging/children/find-children.ts';
import type { Ec2 } from '../../tagging/ec2/call.ts';
import { passesWithTime } from '../../tagging/ec2/classify-failure.ts';
import { covers } from '../../tagging/rules/expand-tags.ts';
import type { TagRules } from '../../tagging/rules/tag-rules.ts';
import type { FeedEvent } from '../runtime/feed-batch.ts';
import { birthsIn, type NewResource } from './creations.ts';

/** The dependencies of {@link tagChildren}. */
export interface ChildrenDeps {
  readonly ledger: Ledger;
  readonly ec2: (account: string, region: string) => Ec2;
  readonly sleep: (ms: number) => Promise<void>;
  readonly random?: (() => number) | undefined;
  readonly telemetry: Telemetry;
  readonly rules: TagRules;
}

/**
 * The longest time that an invocation looks for children. The next batch, which can contain parents too,
 * waits meanwhile. A parent whose children are not found by then is redelivered.
 */
export const LOOKING_MS = 15_000;
/** The longest time after a creation was recorded that a failed query can hold back the change feed. */
const HOLD_MS = 15 * 60_000;
/**
 * The change feed keeps a record for one day (DynamoDB guide, "Change data capture for DynamoDB Streams"). An
 * older event was delivered before.
 */
const FEED_MS = 24 * 60 * 60_000;
/** How many creations this process remembers as done. */
const REMEMBERED = 10_000;

const PLACES_AT_ONCE = 4;
const APPENDS_AT_ONCE = 16;

/** The result of a search for the children of creations. */
interface Search {
  /** The positions of creations that must be redelivered. */
  readonly again: ReadonlySet<number>;
  readonly failures: readonly FailedQuery<NewResource>[];
}

/**
 * Requests tags for the children of resources created in the events, under the same cause. Resolves to the
 * positions of creations to redeliver: their children may still appear, or a query or an append failed
 * temporarily. Permanent failures are logged once for the batch, and counted.
 *
 * A redelivered creation requests nothing twice, because an event's id derives from child and cause. The
 * ledger does not record that children were looked for: this process remembers it, and another process looks
 * again. The time of the creation decides nothing, because its record may arrive late.
 */
export const tagChildren = (deps: ChildrenDeps) => {
  const done = recentNames(REMEMBERED);
  return async (events: readonly FeedEvent[], remainingMs: () => number): Promise<ReadonlySet<number>> => {
    const births = birthsIn(events).filter(
      ({ eventId, recordedAt }) => !done.has(eventId) && deps.ledger.now().getTime() - recordedAt < FEED_MS,
    );
    const end = Math.max(0, remainingMs() - LOOKING_MS);
    const places = groupBy(births, ({ identity: { account, region } }) => `${account}/${region}`);
    const searches = await pMap(
      places.values(),
      (group) => tagChildrenInPlace(deps, group, () => remainingMs() - end),
      { concurrency: PLACES_AT_ONCE },
    );
    const failures = searches.flatMap((search) => search.failures);
    const { held, lost } = splitFailures(failures, deps.ledger.now());
    reportFailures(deps.telemetry, failures, lost);
    const again = new Set([...searches.flatMap((search) => [...search.again]), ...held]);
    for (const { position, eventId } of births) if (!again.has(position)) done.add(eventId);
    return again;
  };
};

/** Finds the children of creations in one account and Region, and records their tag requests. */
const tagChildrenInPlace = async (
  deps: ChildrenDeps,
  births: readonly NewResource[],
  remainingMs: () => number,
): Promise<Search> => {
  const { ledger, ec2, sleep, random, rules, telemetry } = deps;
  const [{ identity }] = births as readonly [NewResource];
  const now = () => ledger.now().getTime();
  const found = await findChildren(ec2(identity.account, identity.region), births, {
    sleep,
    random,
    remainingMs,
    now,
    wants: (type) => covers(rules, type),
  });
  const again = new Set(
    found.unshown.flatMap((birth) => (mayHold(birth, ledger.now()) ? [birth.position] : [])),
  );
  const recorded = await pMap(found.children, (child) => recordRequest(deps, child), {
    concurrency: APPENDS_AT_ONCE,
  });
  found.children.forEach(({ parent }, i) => {
    if (recorded[i] === undefined) again.add(parent.position);
  });
  const dependent = found.children.filter(({ ends }, i) => ends !== undefined && recorded[i] !== undefined);
  const parents = groupBy(dependent, ({ parent }) => parent);
  await pMap(
    parents,
    async ([parent, children]) => {
      if (!(await recordDependencies(deps, parent, children))) again.add(parent.position);
    },
    { concurrency: APPENDS_AT_ONCE },
  );
  reportFound(
    telemetry,
    births,
    recorded.reduce<number>((sum, count = 0) => sum + count, 0),
  );
  return { again, failures: found.failures };
};

/**
 * Records the tag request for a child. Returns the number of events appended, or undefined after a failure,
 * which is logged.
 */
const recordRequest = async (
  { ledger, rules, telemetry }: ChildrenDeps,
  { parent, type, id, tags, ends }: Child<NewResource>,
): Promise<number | undefined> => {
  const identity = { ...parent.identity, type, id };
  const birth = { tags, ...(ends && { endsWith: endsWith(parent, ends) }) };
  try {
    const ask = applyTagRules(rules, parent.occasion, identity, { birth });
    if (!ask) return 0;
    const stream = resourceStream(identity);
    const { appended } = await transact(ledger, stream, decideChildRequest(stream, { ...ask, birth }), []);
    return appended.length;
  } catch (error) {
    telemetry.error('a child could not be recorded', { error, stream: arnOf(parent.identity), child: id });
    return undefined;
  }
};

const endsWith = ({ type, id }: NewResource, ends: NonNullable<Child<NewResource>['ends']>): string => {
  if (ends === 'with-parent') return `${type}/${id}`;
  return ends === 'without-parent' ? 'nothing' : 'unknown';
};

/**
 * Records in the stream of a parent which children may end with it, and tells them if it has ended. Resolves to false
 * after a failure, which is logged.
 */
const recordDependencies = async (
  { ledger, telemetry }: ChildrenDeps,
  { identity, occasion }: NewResource,
  found: readonly Child<NewResource>[],
): Promise<boolean> => {
  // Format 1 cannot say it, so the stream need not be read.
  if (ledger.eventFormat === 1) return true;
  const stream = resourceStream(identity);
  const children = found.map(({ type, id }) => `${type}/${id}`);
  try {
    const { events } = await transact(ledger, stream, observeChildren(stream, { ...occasion, children }));
    for (const { stream: child, decide } of decisionsOnChildren(stream, events))
      await transact(ledger, child, decide);
    return true;
  } catch (error) {
    telemetry.error('what ends with a resource could not be recorded', { error, stream });
    return false;
  }
};

/** Whether a creation can still hold back the change feed. */
const mayHold = ({ recordedAt }: NewResource, now: Date): boolean => now.getTime() - recordedAt < HOLD_MS;

/** Splits failed queries: `held` are the positions of creations to redeliver, `lost` counts the others. */
const splitFailures = (failures: readonly FailedQuery<NewResource>[], now: Date) => {
  const parents = failures.flatMap((one) => one.parents.map((parent) => ({ parent, failure: one.failure })));
  const held = parents.filter(({ parent, failure }) => passesWithTime(failure) && mayHold(parent, now));
  return { held: held.map(({ parent }) => parent.position), lost: parents.length - held.length };
};

const reportFound = (telemetry: Telemetry, births: readonly NewResource[], children: number): void => {
  const [{ identity }] = births as readonly [NewResource];
  const { account, region } = identity;
  const causes = births.map(({ occasion }) => occasion.cause.id);
  telemetry.count('ChildrenFound', children);
  telemetry.count('RequestsRecorded', children);
  telemetry.info('children found', {
    account,
    region,
    births: births.length,
    children,
    ...correlationIds('causes', causes),
  });
};

const reportFailures = (
  telemetry: Telemetry,
  failures: readonly FailedQuery<NewResource>[],
  lost: number,
): void => {
  if (failures.length === 0) return;
  telemetry.count('ChildLookupsFailed', lost);
  telemetry.error('children could not be looked up', { lookups: failures.map(inWords) });
};

const inWords = ({ action, failure, parents }: FailedQuery<NewResource>) => {
  const [{ identity }] = parents as readonly [NewResource];
  const { account, region } = identity;
  return { action: `ec2:${action}`, account, region, births: parents.length, ...failure };
};
