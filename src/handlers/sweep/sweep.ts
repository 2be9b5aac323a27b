import * as v from 'valibot';
import type { CoordinationStore, StoredMemo } from '../../coordination/coordination-store.ts';
import type { ResourceArn } from '../../events/resource-arn.ts';
import type { StateRow } from '../../projections/state-row.ts';
import type { StateStore } from '../../projections/state-store.ts';
import { chunksOf } from '../../shared/collections.ts';
import type { Telemetry } from '../../shared/telemetry.ts';
import {
  addCounts,
  type CompareDeps,
  compareRows,
  NO_COUNTS,
  planLookups,
  type SweepCounts,
  type SweepInProgress,
} from './compare-rows.ts';

/** What `sweep` needs from outside. */
export interface SweepDeps extends CompareDeps {
  readonly states: StateStore;
  readonly coordination: CoordinationStore;
  readonly sleep: (ms: number) => Promise<void>;
  /** For the jitter of repeated calls; the default is `Math.random`. */
  readonly random?: () => number;
}

/** What a run did. */
export interface Swept extends SweepCounts {
  /** Whether the run came to the end of the fleet; the next one goes on where it stopped, or begins again. */
  readonly isDone: boolean;
}

const CURSOR = 'sweep/cursor';
const CursorSchema = v.object({ sweep: v.string(), after: v.nullable(v.string()) });

/** So many rows are looked at together: their resources of one account, Region and type share calls. */
const ROWS_AT_ONCE = 1_000;
/** Time kept for what is under way. */
const RESERVE_MS = 10_000;

/**
 * The scheduled handler that compares what the ledger says of the whole fleet with what EC2 shows, and records each
 * difference as observed, by nobody in particular: a change that CloudTrail never told. It reads EC2 with one call for
 * 200 resources of a type, page by page of the state table, for as long as it has time; the next run goes on there.
 *
 * Two runs at once, and dying at any point, are safe: what a sweep records of a resource has one id. `runId` names a
 * sweep that begins with this run.
 */
export const sweep =
  (deps: SweepDeps) =>
  async (runId: string, remainingMs: () => number): Promise<Swept> => {
    const { coordination, telemetry, sleep, random } = deps;
    const [seen] = await coordination.get([CURSOR]);
    const { sweepId, after } = resume(seen, runId);
    const waiting = { sleep, random, remainingMs: () => remainingMs() - RESERVE_MS };
    const { swept, last } = await sweepFleet(deps, { sweepId, waiting }, after);
    // A run that loses this swap to another one leaves the place to it.
    await coordination.swap(
      { key: CURSOR, value: { sweep: sweepId, after: swept.isDone ? null : (last ?? '') } },
      seen,
    );
    report(telemetry, swept);
    return swept;
  };

/** Where a run begins: behind the last row of the sweep that is under way, or a new sweep with the first row. */
const resume = (
  seen: StoredMemo | undefined,
  runId: string,
): { readonly sweepId: string; readonly after: ResourceArn | undefined } => {
  const cursor = v.safeParse(CursorSchema, seen?.value);
  if (!cursor.success || cursor.output.after === null) return { sweepId: runId, after: undefined };
  return { sweepId: cursor.output.sweep, after: (cursor.output.after as ResourceArn) || undefined };
};

/** Sweeps the rows behind `after` while there is time; `last` is the last of those rows that were all looked at. */
const sweepFleet = async (
  deps: SweepDeps,
  sweep: SweepInProgress,
  after: ResourceArn | undefined,
): Promise<{ readonly swept: Swept; readonly last: ResourceArn | undefined }> => {
  let counts = NO_COUNTS;
  let last = after;
  for await (const rows of chunksOf(deps.states.list(after), ROWS_AT_ONCE)) {
    const page = await sweepRows(deps, sweep, rows);
    counts = addCounts(counts, page);
    if (!page.isDone) return { swept: { ...counts, isDone: false }, last };
    last = rows.at(-1)?.arn;
  }
  return { swept: { ...counts, isDone: true }, last };
};

/** Sweeps some rows; it is done when all of them were looked at. */
const sweepRows = async (
  deps: SweepDeps,
  sweep: SweepInProgress,
  rows: readonly StateRow[],
): Promise<Swept> => {
  let counts = NO_COUNTS;
  for (const some of planLookups(rows)) {
    if (sweep.waiting.remainingMs() <= 0) return { ...counts, isDone: false };
    counts = addCounts(counts, await compareRows(deps, sweep, some));
  }
  return { ...counts, isDone: true };
};

const report = (telemetry: Telemetry, swept: Swept): void => {
  telemetry.count('ResourcesSwept', swept.compared);
  telemetry.count('DifferencesFound', swept.differing);
  telemetry.count('ResourcesUnclear', swept.unclear);
  telemetry.count('ResourcesHealed', swept.healed);
  telemetry.info('swept', { ...swept });
};
