import pMap from 'p-map';
import * as v from 'valibot';
import { confidenceOf } from '../cloudtrail/identity/confidence.ts';
import type { Pseudonymizer } from '../cloudtrail/identity/pseudonymize.ts';
import { createdGroupOf, launchingGroupOf, type ScalingGroup } from '../cloudtrail/identity/scaling-group.ts';
import type { CloudTrailRecord } from '../cloudtrail/record.ts';
import { compareAndSwap } from '../coordination/compare-and-swap.ts';
import type { CoordinationStore, StoredMemo } from '../coordination/coordination-store.ts';
import { idFrom } from '../events/hash-chain.ts';
import { InstantSchema, type Who, WhoSchema } from '../events/tag-event.ts';

/** What is known about the Auto Scaling groups in a set of records. */
export interface KnownGroups {
  /**
   * The person who created the group for which a record's resources were created; undefined if the record names
   * no group, or if the last creation of its name before the record is not known or not by a person.
   */
  readonly creatorFor: (record: CloudTrailRecord) => Who | undefined;
  /** Whether a record shows who created a group, and was remembered for what the group creates. */
  readonly isRemembered: (record: CloudTrailRecord) => boolean;
}

/**
 * One creation of a group. `who` is absent if no person is known to have created it. A type and no interface, because
 * it is stored as JSON.
 */
type Creation = {
  readonly at: string;
  readonly who?: { readonly name: string; readonly arn?: string; readonly kind: string };
};
const MemoSchema = v.array(v.object({ at: InstantSchema, who: v.optional(WhoSchema) }));

/** How many creations of one name are remembered, the latest ones: a name may be used again after a deletion. */
const MOST = 8;
const WRITES_AT_ONCE = 16;

/**
 * Remembers who created Auto Scaling groups in these records, and finds the creator of the group for which a
 * record's resources were created. The group may have been created in an earlier input, if there is a `coordination`
 * store. The order of the records does not matter. A memo holds creators, after `pseudonymize`, under a digest of the
 * group's account, Region and name. It does not expire, because a group may launch for years. Rejects when the
 * coordination store does; remembering a creation again is safe.
 */
export const rememberGroups = async (
  coordination: CoordinationStore | undefined,
  records: readonly CloudTrailRecord[],
  actorOf: (record: CloudTrailRecord) => Who,
  pseudonymize: Pseudonymizer = (who) => who,
): Promise<KnownGroups> => {
  const created = new Map<string, readonly Creation[]>();
  const keys = new Set<string>();
  for (const record of records) {
    const launching = launchingGroupOf(record);
    if (launching) keys.add(memoKey(launching));
    const [group, at] = [createdGroupOf(record), record.eventTime];
    if (!group || !at) continue;
    const key = memoKey(group);
    keys.add(key);
    const who = actorOf(record);
    const one = creation(at, confidenceOf(who) === 'person' ? who : undefined);
    created.set(key, merged(created.get(key) ?? [], [one]));
  }

  const memos = coordination && keys.size > 0 ? await coordination.get([...keys]) : [];
  const kept = new Map(memos.map((memo) => [memo.key, memo]));
  const creationsOf = (key: string): readonly Creation[] =>
    merged(creationsIn(kept.get(key)), created.get(key) ?? []);

  if (coordination) {
    await pMap(
      created,
      async ([key, some]) => {
        const news = some.map(({ at, who }) => creation(at, who && pseudonymize(who)));
        await compareAndSwap(
          coordination,
          key,
          (there) => {
            const known = creationsIn(there);
            const value = merged(known, news);
            return isSame(known, value) ? undefined : { value };
          },
          { seen: { there: kept.get(key) } },
        );
      },
      { concurrency: WRITES_AT_ONCE },
    );
  }

  return {
    creatorFor: (record) => {
      const [group, until] = [launchingGroupOf(record), record.eventTime];
      if (!group || !until) return undefined;
      return creationsOf(memoKey(group)).findLast(({ at }) => at <= until)?.who;
    },
    isRemembered: (record) => coordination !== undefined && createdGroupOf(record) !== undefined,
  };
};

const creation = (at: string, who: Who | undefined): Creation => {
  if (!who) return { at };
  const { name, arn, kind } = who;
  return { at, who: { name, ...(arn && { arn }), kind } };
};

const creationsIn = (memo: StoredMemo | undefined): readonly Creation[] =>
  v.parse(MemoSchema, memo?.value ?? []).map(({ at, who }) => creation(at, who));

/** The creations of one name, by time. Of those of one moment, one that names a person counts, then the first. */
const merged = (known: readonly Creation[], more: readonly Creation[]): readonly Creation[] => {
  const byTime = new Map<string, Creation>();
  for (const one of [...known, ...more]) if (!byTime.get(one.at)?.who) byTime.set(one.at, one);
  return [...byTime.values()].sort((a, b) => (a.at < b.at ? -1 : 1)).slice(-MOST);
};

const isSame = (a: readonly Creation[], b: readonly Creation[]): boolean =>
  a.length === b.length &&
  a.every(({ at, who }, i) => at === b[i]?.at && Boolean(who) === Boolean(b[i]?.who));

const memoKey = ({ account, region, name }: ScalingGroup): string =>
  `group/${idFrom('tagledger/auto-scaling-group/v1', account, region, name)}`;
