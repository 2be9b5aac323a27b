import pMap from 'p-map';
import * as v from 'valibot';
import { observeSweep } from '../../commands/observe-sweep.ts';
import { type Ledger, transact } from '../../commands/transact.ts';
import type { CoordinationStore } from '../../coordination/coordination-store.ts';
import { kindOfStream } from '../../events/ledger-stream.ts';
import { currentTags } from '../../events/resource.ts';
import { parseArn, type ResourceArn } from '../../events/resource-arn.ts';
import { sortedTags, type Tag } from '../../events/tag.ts';
import type { StateRow } from '../../projections/state-row.ts';
import type { StateStore } from '../../projections/state-store.ts';
import { groupBy } from '../../shared/collections.ts';
import type { Telemetry } from '../../shared/telemetry.ts';
import type { Ec2, RepeatedCall } from '../../tagging/ec2/call.ts';
import { describeTags, IDS_PER_LOOK } from '../../tagging/ec2/describe-tags.ts';
import { type HealDeps, heal, mayNeedHealing } from './heal.ts';

/** What `sweep` needs from outside. */
export interface SweepDeps {
  readonly ledger: Ledger;
  readonly states: StateStore;
  readonly coordination: CoordinationStore;
  /** A client with credentials for that account and Region. */
  readonly ec2: (account: string, region: string) => Ec2;
  readonly sleep: (ms: number) => Promise<void>;
  /** For the jitter of repeated calls; `Math.random` unless told. */
  readonly random?: () => number;
  readonly telemetry: Telemetry;
  /** What heals; absent when what somebody removed stays removed. */
  readonly healing?: Omit<HealDeps, 'ledger' | 'telemetry'>;
}

/** What a run did. */
export interface Swept {
  /** Resources that it compared. */
  readonly compared: number;
  /** Those of which something was recorded. */
  readonly differing: number;
  /** Those of which EC2 shows no tag at all, although the ledger knows some: stripped, or gone without a record. */
  readonly unclear: number;
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
export const sweep = ({
  ledger,
  states,
  coordination,
  ec2,
  sleep,
  random,
  telemetry,
  healing,
}: SweepDeps) => {
  return async (runId: string, remainingMs: () => number): Promise<Swept> => {
    const done = { compared: 0, differing: 0, unclear: 0, healed: 0, failed: 0 };
    const waiting: RepeatedCall = { sleep, random, remainingMs: () => remainingMs() - RESERVE_MS };
    const [seen] = await coordination.get([CURSOR]);
    const cursor = v.safeParse(CursorSchema, seen?.value);
    const isUnderWay = cursor.success && cursor.output.after !== null;
    const sweepId = isUnderWay ? cursor.output.sweep : runId;
    let after = (isUnderWay && (cursor.output.after as ResourceArn)) || undefined;

    const compare = async (row: StateRow, tags: readonly Tag[], at: string): Promise<void> => {
      const { arn } = row;
      try {
        done.compared += 1;
        const isDifferent = differs(row, tags);
        if (isDifferent) {
          const cause = { source: 'tagledger', id: sweepId, name: 'sweep' } as const;
          const settledAt = new Date(Date.parse(at) - SETTLED_MS).toISOString();
          const decide = observeSweep(arn, { cause, at, settledAt, tags });
          const { appended } = await transact(ledger, arn, decide);
          if (appended.length > 0) done.differing += 1;
        }
        if (!healing || !(isDifferent || mayNeedHealing(row))) return;
        if (await heal({ ...healing, ledger, telemetry }, arn)) done.healed += 1;
      } catch (error) {
        done.failed += 1;
        telemetry.error('a resource could not be swept', { error, stream: arn });
      }
    };

    const look = async (rows: readonly StateRow[]): Promise<void> => {
      const [{ arn }] = rows as readonly [StateRow];
      const { account, region } = parseArn(arn);
      // What happens while the answer is read and recorded is later than it.
      const at = ledger.now().toISOString();
      const ids = rows.map((row) => parseArn(row.arn).id);
      const called = await describeTags(ec2(account, region), ids, waiting);
      if (!called.ok) {
        done.failed += rows.length;
        telemetry.error('the tags of resources could not be read', { account, region, ...called.failure });
        return;
      }
      const shown = rows.map((row, i) => ({ row, tags: called.answer.get(ids[i] ?? '') }));
      // Without tags, or without being: EC2 does not say which, and guessing would write a falsehood into the ledger.
      const unclear = shown.filter(({ row, tags }) => !tags && currentTags(row.resource).length > 0);
      done.unclear += unclear.length;
      await pMap(
        shown.filter((one) => !unclear.includes(one)),
        ({ row, tags = [] }) => compare(row, tags, at),
        { concurrency: STREAMS_AT_ONCE },
      );
    };

    const isTime = () => remainingMs() > RESERVE_MS;

    /** Whether all of the rows were looked at. */
    const sweepRows = async (rows: readonly StateRow[]): Promise<boolean> => {
      const shards = groupBy(
        rows.filter(({ arn, status }) => status !== 'retired' && kindOfStream(arn) === 'resource'),
        ({ arn }) => arn.slice(0, arn.lastIndexOf('/')),
      );
      for (const shard of shards.values()) {
        for (let i = 0; i < shard.length; i += IDS_PER_LOOK) {
          if (!isTime()) return false;
          await look(shard.slice(i, i + IDS_PER_LOOK));
        }
      }
      return true;
    };

    let isDone = true;
    let rows: StateRow[] = [];
    /** The place moves behind rows that were all looked at, and no further. */
    const flush = async () => {
      isDone = await sweepRows(rows);
      if (isDone) after = rows.at(-1)?.arn ?? after;
      rows = [];
    };
    for await (const row of states.list(after)) {
      rows.push(row);
      if (rows.length < ROWS_AT_ONCE) continue;
      await flush();
      if (!isDone) break;
    }
    if (isDone) await flush();
    // A run that loses this swap to another one leaves the place to it.
    await coordination.swap(
      { key: CURSOR, value: { sweep: sweepId, after: isDone ? null : (after ?? '') } },
      seen,
    );
    telemetry.count('ResourcesSwept', done.compared);
    telemetry.count('DifferencesFound', done.differing);
    telemetry.count('ResourcesUnclear', done.unclear);
    telemetry.count('ResourcesHealed', done.healed);
    telemetry.info('swept', { ...done, isDone });
    return { ...done, isDone };
  };
};

/** Whether EC2 shows other tags than the row has. */
const differs = ({ resource }: StateRow, shown: readonly Tag[]): boolean =>
  JSON.stringify(sortedTags(currentTags(resource))) !== JSON.stringify(sortedTags(shown));
