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

/** The dependencies of {@link sweep}. */
export interface SweepDeps extends CompareDeps {
  readonly states: StateStore;
  readonly coordination: CoordinationStore;
  readonly sleep: (ms: number) => Promise<void>;
  /** The source of jitter for repeated calls; `Math.random` by default. */
  readonly random?: () => number;
}

/** The result of a run. */
export interface Swept extends SweepCounts {
  /**
   * Whether the run reached the end of the fleet. If not, the next run continues there; if so, it starts a
   * new sweep.
   */
  readonly isDone: boolean;
}

const CURSOR = 'sweep/cursor';
const CursorSchema = v.object({ sweep: v.string(), after: v.nullable(v.string()) });

/** How many rows are compared together. Their resources of one account, Region and type share calls. */
const ROWS_AT_ONCE = 1_000;
/** Time reserved for the work in progress. */
const RESERVE_MS = 10_000;

/**
 * The scheduled handler that compares the tags of the whole fleet in the ledger with those in EC2. It records
 * each difference as observed, without an actor, because no CloudTrail record reported the change. It goes
 * through the state table page by page, with one EC2 call for 200 resources of a type, until its time runs
 * out; the next run continues there.
 *
 * Concurrent runs and a crash at any point are safe: a sweep's event about a resource always has the same id.
 * `runId` names the sweep that this run starts, if it starts one.
 */
export const sweep =
  (deps: SweepDeps) =>
  async (runId: string, remainingMs: () => number): Promise<Swept> => {
    const { coordination, telemetry, sleep, random } = deps;
    const [seen] = await coordination.get([CURSOR]);
    const { sweepId, after } = resume(seen, runId);
    const waiting = { sleep, random, remainingMs: () => remainingMs() - RESERVE_MS };
    const { swept, last } = await sweepFleet(deps, { sweepId, waiting }, after);
    // If another run wins this swap, its cursor stays.
    await coordination.swap(
      { key: CURSOR, value: { sweep: sweepId, after: swept.isDone ? null : (last ?? '') } },
      seen,
    );
    report(telemetry, swept);
    return swept;
  };

/**
 * Returns where a run starts: after the last row of the sweep in progress, or at the first row of a new
 * sweep.
 */
const resume = (
  seen: StoredMemo | undefined,
  runId: string,
): { readonly sweepId: string; readonly after: ResourceArn | undefined } => {
  const cursor = v.safeParse(CursorSchema, seen?.value);
  if (!cursor.success || cursor.output.after === null) return { sweepId: runId, after: undefined };
  return { sweepId: cursor.output.sweep, after: (cursor.output.after as ResourceArn) || undefined };
};

/**
 * Sweeps the rows after `after` while there is time. `last` is the last row of the last page that was fully
 * compared.
 */
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

/** Sweeps some rows. `isDone` is true if there was time to compare all of them. */
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
