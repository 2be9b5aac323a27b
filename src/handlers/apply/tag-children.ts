import pMap from 'p-map';
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

/** What looking for children needs from outside. */
export interface ChildrenDeps {
  readonly ledger: Ledger;
  readonly ec2: (account: string, region: string) => Ec2;
  readonly sleep: (ms: number) => Promise<void>;
  readonly random?: (() => number) | undefined;
  readonly telemetry: Telemetry;
  readonly rules: TagRules;
}

/** How long is looked in an invocation, at most. The next batch waits meanwhile, and may have parents in it: what is not found by then comes again. */
export const LOOKING_MS = 15_000;
/** A look that fails holds the change feed back no longer than this after the birth was recorded. */
const HOLD_MS = 15 * 60_000;
/** The change feed keeps a record for a day (DynamoDB guide, "Change data capture for DynamoDB Streams"): an older one has come before. */
const FEED_MS = 24 * 60 * 60_000;
/** So many births are remembered for as long as the process lives. */
const REMEMBERED = 10_000;

const PLACES_AT_ONCE = 4;
const APPENDS_AT_ONCE = 16;

/** What came of looking for the children of births. */
interface Search {
  /** The positions of births that must come again. */
  readonly again: ReadonlySet<number>;
  readonly failures: readonly FailedQuery<NewResource>[];
}

/**
 * Asks that the children of those which are born among the events bear tags as well, under the same cause. Gives
 * the positions of the births that must come again: their children may still appear, or could not be looked up or
 * recorded for a reason that passes with time. What does not pass is logged, once for the batch, and counted.
 *
 * A birth that comes again asks for nothing twice, for an event's id derives from child and cause. Nothing in the
 * ledger says that children were looked for: this process remembers it, and another one looks again. How long ago the
 * birth was says nothing, for its record may come late.
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

/** Finds the children of births in one account and Region, and records what they are asked to bear. */
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
  reportFound(
    telemetry,
    births,
    recorded.reduce<number>((sum, count = 0) => sum + count, 0),
  );
  return { again, failures: found.failures };
};

/** Records what a child is asked to bear. Gives the number of events, and undefined, with a log line, where that failed. */
const recordRequest = async (
  { ledger, rules, telemetry }: ChildrenDeps,
  { parent, type, id, tags }: Child<NewResource>,
): Promise<number | undefined> => {
  const identity = { ...parent.identity, type, id };
  const birth = { tags };
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

/** Whether a birth may still hold the change feed back. */
const mayHold = ({ recordedAt }: NewResource, now: Date): boolean => now.getTime() - recordedAt < HOLD_MS;

/** Of look-ups that failed: `held` are the positions of births that must come again, `lost` counts the others. */
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
