import pMap from 'p-map';
import type { EventStore } from '../events/event-store.ts';
import { fold } from '../events/resource.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import { foldLedger } from './fold-ledger.ts';
import { rowOf, type StateRow } from './state-row.ts';
import type { StateStore } from './state-store.ts';
import { isSame, type StoredRow, storedOf } from './stored-row.ts';
import { strays } from './strays.ts';

/** A ledger, and the state table derived from it. */
export interface LedgerAndStates {
  readonly store: EventStore;
  readonly states: StateStore;
}

/** The result of rebuilding one batch of streams. When it is yielded, their rows are in the table. */
export interface Rebuilt {
  /** The last stream of the batch, after which a rebuild continues. */
  readonly after: ResourceArn;
  readonly events: number;
  readonly rows: number;
  /** Rows that were missing. */
  readonly written: number;
  /** Rows that differed from the ledger. */
  readonly repaired: number;
}

const ROWS_AT_ONCE = 16;
const MAX_TRIES = 10;

/**
 * Rebuilds the state table from the ledger alone, for all streams or those after `after`. Missing rows are
 * written. Rows that differ in any byte are replaced, even those newer than their stream. It has no other
 * effect: no alert, no metric, no EC2 call.
 *
 * Other writers can continue meanwhile: a row that they saved is never replaced by an older one. A crash at
 * any point is safe. Rejects with an `UnreadableEventError` at the first unreadable event.
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

/** Maps rows by their resource. */
export const byResource = (rows: readonly StoredRow[]): Map<string, StoredRow> =>
  new Map(rows.map((row) => [row.resource, row]));

type Outcome = 'same' | 'written' | 'repaired';

/** Makes one row match the ledger. `row` was folded before `seen` was read. */
const repair = async (
  { store, states }: LedgerAndStates,
  row: StateRow,
  seen: StoredRow | undefined,
): Promise<Outcome> => {
  let there = seen;
  for (let tries = 1; tries <= MAX_TRIES; tries++) {
    if (isSame(there, storedOf(row))) return 'same';
    // An existing row may be newer than the folded events, so read the stream again after the row.
    const fresh = there ? await currentRow(store, row.arn) : row;
    if (isSame(there, storedOf(fresh))) return 'same';
    if (await states.replace(fresh, there)) {
      if (!there) return 'written';
      // While the row was too new, saves for new events were refused, so save the current state.
      await states.save(await currentRow(store, row.arn));
      return 'repaired';
    }
    [there] = await states.stored([row.arn]);
  }
  throw new Error(`The row of ${row.arn} changed ${MAX_TRIES} times while it was repaired. Try again.`);
};

const currentRow = async (store: EventStore, arn: ResourceArn): Promise<StateRow> =>
  rowOf(arn, fold(await store.read(arn)));

/**
 * Finds the rows without any event in the ledger, and removes them when `prune` is true. Yields each resource
 * with whether its row was removed. A row that another writer saves meanwhile stays.
 */
export async function* clear(
  { store, states }: LedgerAndStates,
  prune: boolean,
): AsyncGenerator<{ readonly resource: string; readonly removed: boolean }> {
  for await (const stray of strays(store, states)) {
    const { resource } = stray;
    const removed = prune && (await states.remove(stray));
    if (removed) {
      // A stream that began meanwhile could not save its row, because the stray row seemed newer.
      const events = await store.read(resource as ResourceArn);
      if (events.length > 0) {
        await repair({ store, states }, rowOf(resource as ResourceArn, fold(events)), undefined);
        continue;
      }
    }
    yield { resource, removed };
  }
}
