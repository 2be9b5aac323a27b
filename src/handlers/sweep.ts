import pMap from 'p-map';
import * as v from 'valibot';
import { observeSweep } from '../commands/observe-sweep.ts';
import { type Ledger, transact } from '../commands/transact.ts';
import { groupBy } from '../events/group-by.ts';
import { currentTags } from '../events/resource.ts';
import { parseArn, type ResourceArn } from '../events/resource-arn.ts';
import { sortedTags, type Tag } from '../events/tag.ts';
import type { MemoStore } from '../projections/memo-store.ts';
import type { StateRow } from '../projections/state-row.ts';
import type { StateStore } from '../projections/state-store.ts';
import type { Ec2, Waiting } from '../tagging/call-ec2.ts';
import { describeTags, IDS_PER_LOOK } from '../tagging/describe-tags.ts';
import { exists } from '../tagging/exists.ts';
import { type HealDeps, heal, mayNeedHealing } from './heal.ts';
import type { Observer } from './observer.ts';

/** What `sweep` needs from outside. */
export interface SweepDeps {
  readonly ledger: Ledger;
  readonly states: StateStore;
  readonly memos: MemoStore;
  /** A client with credentials for that account and Region. */
  readonly ec2: (account: string, region: string) => Ec2;
  readonly sleep: (ms: number) => Promise<void>;
  /** For the jitter of repeated calls; `Math.random` unless told. */
  readonly random?: () => number;
  readonly observer: Observer;
  /** What heals; absent when what somebody removed stays removed. */
  readonly healing?: Omit<HealDeps, 'ledger' | 'observer'>;
}

/** What a run did. */
export interface Swept {
  /** Resources that it compared. */
  readonly compared: number;
  /** Those of which something was recorded. */
  readonly differing: number;
  /** Those that EC2 does not have any more, although the ledger saw no end of them. */
  readonly gone: number;
  readonly healed: number;
  /** Those that could not be compared, or not recorded. */
  readonly failed: number;
  /** Whether the run came to the end of the fleet; the next one goes on where it stopped, or begins again. */
  readonly isDone: boolean;
}

const CURSOR = 'sweep/cursor';
const CursorSchema = v.object({ sweep: v.string(), after: v.nullable(v.string()) });

/** So many rows are looked at together: their resources of one account, Region and type share calls. */
const ROWS_AT_ONCE = 1_000;
const STREAMS_AT_ONCE = 16;
/** Time kept for what is under way. */
const RESERVE_MS = 10_000;
/** What was set so short a time ago EC2 may not show yet, and clocks may be minutes apart. */
const SETTLED_MS = 10 * 60_000;

/**
 * The scheduled handler that compares what the ledger says of the whole fleet with what EC2 shows, and records each
 * difference as observed, by nobody in particular: a change that CloudTrail never told. It reads EC2 with one call for
 * 200 resources of a type, page by page of the state table, for as long as it has time; the next run goes on there.
 *
 * Two runs at once, and dying at any point, are safe: what a sweep records of a resource has one id. `runId` names a
 * sweep that begins with this run.
 */
export const sweep = ({ ledger, states, memos, ec2, sleep, random, observer, healing }: SweepDeps) => {
  const settledAt = () => new Date(ledger.now().getTime() - SETTLED_MS).toISOString();

  return async (runId: string, remainingMs: () => number): Promise<Swept> => {
    const done = { compared: 0, differing: 0, gone: 0, healed: 0, failed: 0 };
    const waiting: Waiting = { sleep, random, remainingMs: () => remainingMs() - RESERVE_MS };
    const [seen] = await memos.get([CURSOR]);
    const cursor = v.safeParse(CursorSchema, seen?.value);
    const isUnderWay = cursor.success && cursor.output.after !== null;
    const sweepId = isUnderWay ? cursor.output.sweep : runId;
    let after = isUnderWay ? (cursor.output.after as ResourceArn) : undefined;

    /** The tags that EC2 shows, or undefined where that cannot be told. */
    const shownOf = async (client: Ec2, row: StateRow, tags: readonly Tag[] | undefined) => {
      const [known] = currentTags(row.resource);
      if (tags || !known) return tags ?? [];
      const isThere = await exists(client, parseArn(row.arn).id, known, waiting);
      if (isThere) return [];
      if (isThere === false) {
        done.gone += 1;
        observer.info('a resource is gone, and no record told its end', { stream: row.arn });
      } else done.failed += 1;
      return undefined;
    };

    const compare = async (client: Ec2, row: StateRow, shown: readonly Tag[] | undefined): Promise<void> => {
      const { arn } = row;
      try {
        const tags = await shownOf(client, row, shown);
        if (!tags) return;
        done.compared += 1;
        const at = ledger.now().toISOString();
        if (differs(row, tags)) {
          const cause = { source: 'tagledger', id: sweepId, name: 'sweep' } as const;
          const sighting = { cause, at, settledAt: settledAt(), tags };
          const { appended } = await transact(ledger, arn, observeSweep(arn, sighting));
          if (appended.length > 0) done.differing += 1;
          else if (!mayNeedHealing(row)) return;
        } else if (!mayNeedHealing(row)) return;
        if (healing && (await heal({ ...healing, ledger, observer }, arn))) done.healed += 1;
      } catch (error) {
        done.failed += 1;
        observer.error('a resource could not be swept', { error, stream: arn });
      }
    };

    const look = async (rows: readonly StateRow[]): Promise<void> => {
      const [{ arn }] = rows as readonly [StateRow];
      const { account, region } = parseArn(arn);
      const client = ec2(account, region);
      const called = await describeTags(
        client,
        rows.map((row) => parseArn(row.arn).id),
        waiting,
      );
      if (!called.ok) {
        done.failed += rows.length;
        observer.error('the tags of resources could not be read', { account, region, ...called.failure });
        return;
      }
      await pMap(rows, (row) => compare(client, row, called.answer.get(parseArn(row.arn).id)), {
        concurrency: STREAMS_AT_ONCE,
      });
    };

    const sweepRows = async (rows: readonly StateRow[]): Promise<void> => {
      const shards = groupBy(
        rows.filter(({ status }) => status !== 'retired' && status !== 'gap'),
        ({ arn }) => arn.slice(0, arn.lastIndexOf('/')),
      );
      for (const shard of shards.values()) {
        for (let i = 0; i < shard.length; i += IDS_PER_LOOK) await look(shard.slice(i, i + IDS_PER_LOOK));
      }
    };

    let isDone = true;
    let rows: StateRow[] = [];
    const flush = async () => {
      await sweepRows(rows);
      after = rows.at(-1)?.arn ?? after;
      rows = [];
    };
    for await (const row of states.list(after)) {
      rows.push(row);
      if (rows.length < ROWS_AT_ONCE) continue;
      await flush();
      isDone = remainingMs() > RESERVE_MS;
      if (!isDone) break;
    }
    if (isDone) await flush();
    // A run that loses this swap to another one leaves the place to it.
    await memos.swap(
      { key: CURSOR, value: { sweep: sweepId, after: isDone ? null : (after ?? null) } },
      seen,
    );
    observer.count('ResourcesSwept', done.compared);
    observer.count('DifferencesFound', done.differing);
    observer.count('ResourcesGone', done.gone);
    observer.count('ResourcesHealed', done.healed);
    observer.info('swept', { ...done, isDone });
    return { ...done, isDone };
  };
};

/** Whether EC2 shows other tags than the row has. */
const differs = ({ resource }: StateRow, shown: readonly Tag[]): boolean =>
  JSON.stringify(sortedTags(currentTags(resource))) !== JSON.stringify(sortedTags(shown));
