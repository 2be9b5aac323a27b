import pMap from 'p-map';
import type { EventStore } from '../events/event-store.ts';
import { fold } from '../events/resource.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import { foldLedger } from './fold-ledger.ts';
import { rowOf, type StateRow } from './state-row.ts';
import type { StateStore } from './state-store.ts';
import { isSame, type StoredRow, storedOf } from './stored-row.ts';
import { strays } from './strays.ts';

/** The ledger, and the state table that follows from it. */
export interface LedgerAndStates {
  readonly store: EventStore;
  readonly states: StateStore;
}

/** What came of some streams. Once it is given out, their rows are in the table. */
export interface Rebuilt {
  /** The last of the streams, behind which a rebuild goes on. */
  readonly after: ResourceArn;
  readonly events: number;
  readonly rows: number;
  /** Rows that were not there. */
  readonly written: number;
  /** Rows that were there otherwise. */
  readonly repaired: number;
}

const ROWS_AT_ONCE = 16;
const MAX_TRIES = 10;

/**
 * Makes the state table again from the ledger alone, of all streams or of those behind `after`: rows that are missing
 * are written, rows that differ in one byte are replaced, also those that are newer than their stream; the others are
 * left as they are. It reads and writes nothing else: no alert, no metric, no call of EC2.
 *
 * Other writers may go on meanwhile: a row that they saved is never replaced by an older one. Dying at any point is
 * safe. Rejects with an `UnreadableEventError` at the first event that cannot be read.
 */
export async function* rebuild(
  { store, states }: LedgerAndStates,
  after?: ResourceArn,
): AsyncGenerator<Rebuilt> {
  for await (const { rows, events } of foldLedger(store, after)) {
    const there = byResource(await states.stored(rows.map(({ arn }) => arn)));
    const outcomes = await pMap(rows, (row) => repair({ store, states }, row, there.get(row.arn)), {
      concurrency: ROWS_AT_ONCE,
    });
    const count = (outcome: Outcome) => outcomes.filter((one) => one === outcome).length;
    yield {
      after: (rows.at(-1) as StateRow).arn,
      events,
      rows: rows.length,
      written: count('written'),
      repaired: count('repaired'),
    };
  }
}

/** The rows by the resource that they stand under. */
export const byResource = (rows: readonly StoredRow[]): Map<string, StoredRow> =>
  new Map(rows.map((row) => [row.resource, row]));

type Outcome = 'same' | 'written' | 'repaired';

/** Makes one row what the ledger says. `row` was folded before `seen` was read. */
const repair = async (
  { store, states }: LedgerAndStates,
  row: StateRow,
  seen: StoredRow | undefined,
): Promise<Outcome> => {
  let there = seen;
  for (let tries = 1; tries <= MAX_TRIES; tries++) {
    if (isSame(there, storedOf(row))) return 'same';
    // A row that is there may be newer than what was folded: only events read after it can tell.
    const fresh = there ? await currentRow(store, row.arn) : row;
    if (isSame(there, storedOf(fresh))) return 'same';
    if (await states.replace(fresh, there)) {
      if (!there) return 'written';
      // While a row stood there that was too new, the saves of new events were refused.
      await states.save(await currentRow(store, row.arn));
      return 'repaired';
    }
    [there] = await states.stored([row.arn]);
  }
  throw new Error(`the row of ${row.arn} changed ${MAX_TRIES} times while it was repaired: try again`);
};

const currentRow = async (store: EventStore, arn: ResourceArn): Promise<StateRow> =>
  rowOf(arn, fold(await store.read(arn)));

/**
 * Finds the rows of which the ledger holds no event, and removes them where `prune` says so. Gives each resource with
 * whether its row was removed: one that somebody saved meanwhile stays.
 */
export async function* clear(
  { store, states }: LedgerAndStates,
  prune: boolean,
): AsyncGenerator<{ readonly resource: string; readonly removed: boolean }> {
  for await (const stray of strays(store, states)) {
    const { resource } = stray;
    const removed = prune && (await states.remove(stray));
    if (removed) {
      // A stream that began meanwhile found a row there that seemed newer, and was not saved.
      const events = await store.read(resource as ResourceArn);
      if (events.length > 0) {
        await repair({ store, states }, rowOf(resource as ResourceArn, fold(events)), undefined);
        continue;
      }
    }
    yield { resource, removed };
  }
}
