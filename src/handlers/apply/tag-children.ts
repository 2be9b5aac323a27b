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
import type { Arrival } from '../runtime/feed-batch.ts';
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

/**
 * Asks that the children of those which are born among the arrivals bear tags as well, under the same cause. Gives
 * the indices of the births that must come again: their children may still appear, or could not be looked up or
 * recorded for a reason that passes with time. What does not pass is logged, once for the batch, and counted.
 *
 * A birth that comes again asks for nothing twice, for an event's id derives from child and cause. Nothing in the
 * ledger says that children were looked for: this process remembers it, and another one looks again. How long ago the
 * birth was says nothing, for its record may come late.
 */
export const tagChildren = ({ ledger, ec2, sleep, random, telemetry, rules }: ChildrenDeps) => {
  const done = recentNames(REMEMBERED);
  const now = () => ledger.now().getTime();
  const mayHold = ({ recordedAt }: NewResource): boolean => now() - recordedAt < HOLD_MS;

  const request = async ({ parent, type, id, tags }: Child<NewResource>): Promise<number> => {
    const identity = { ...parent.identity, type, id };
    const birth = { tags };
    const ask = applyTagRules(rules, parent.occasion, identity, { birth });
    if (!ask) return 0;
    const stream = resourceStream(identity);
    return (await transact(ledger, stream, decideChildRequest(stream, { ...ask, birth }), [])).appended
      .length;
  };

  return async (arrivals: readonly Arrival[], remainingMs: () => number): Promise<ReadonlySet<number>> => {
    const births = birthsIn(arrivals).filter(
      ({ eventId, recordedAt }) => !done.has(eventId) && now() - recordedAt < FEED_MS,
    );
    const again = new Set<number>();
    const failures: FailedQuery<NewResource>[] = [];
    const end = Math.max(0, remainingMs() - LOOKING_MS);

    const lookIn = async (group: readonly NewResource[]) => {
      const [{ identity }] = group as readonly [NewResource];
      const { account, region } = identity;
      const found = await findChildren(ec2(account, region), group, {
        sleep,
        random,
        remainingMs: () => remainingMs() - end,
        now,
        wants: (type) => covers(rules, type),
      });
      failures.push(...found.failures);
      for (const birth of found.unshown) if (mayHold(birth)) again.add(birth.index);
      const record = async (child: Child<NewResource>): Promise<number> => {
        try {
          return await request(child);
        } catch (error) {
          again.add(child.parent.index);
          telemetry.error('a child could not be recorded', {
            error,
            stream: arnOf(child.parent.identity),
            child: child.id,
          });
          return 0;
        }
      };
      const appended = await pMap(found.children, record, { concurrency: APPENDS_AT_ONCE });
      const children = appended.reduce((sum, count) => sum + count, 0);
      telemetry.count('ChildrenFound', children);
      telemetry.count('RequestsRecorded', children);
      telemetry.info('children found', {
        account,
        region,
        births: group.length,
        children,
        ...correlationIds(
          'causes',
          group.map(({ occasion }) => occasion.cause.id),
        ),
      });
    };

    const places = groupBy(births, ({ identity: { account, region } }) => `${account}/${region}`);
    await pMap(places.values(), lookIn, { concurrency: PLACES_AT_ONCE });
    let lost = 0;
    for (const { failure, parents } of failures) {
      for (const parent of parents) {
        if (passesWithTime(failure) && mayHold(parent)) again.add(parent.index);
        else lost += 1;
      }
    }
    if (failures.length > 0) {
      telemetry.count('ChildLookupsFailed', lost);
      telemetry.error('children could not be looked up', { lookups: failures.map(inWords) });
    }
    for (const { index, eventId } of births) if (!again.has(index)) done.add(eventId);
    return again;
  };
};

const inWords = ({ action, failure, parents }: FailedQuery<NewResource>) => {
  const [{ identity }] = parents as readonly [NewResource];
  const { account, region } = identity;
  return { action: `ec2:${action}`, account, region, births: parents.length, ...failure };
};
