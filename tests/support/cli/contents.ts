import type { Database } from '../../../src/adapters/sqlite/database.ts';
import { openStoresToRead } from '../../../src/embedded/embedded-stores.ts';
import { canonicalJson } from '../../../src/events/canonical-json.ts';
import type { RecordedEvent } from '../../../src/events/recorded-event.ts';
import { type StateView, viewOf } from '../../../src/projections/state-row.ts';
import { listOf } from '../async.ts';

/** What the database in a ledger's folder holds; no consumer is run for it. */
export interface Contents {
  /** Streams together, each oldest first. */
  readonly events: readonly RecordedEvent[];
  readonly views: readonly StateView[];
  /** Every row of every table as it is stored, as text, sorted. */
  readonly raw: readonly string[];
}

/** Reads a ledger's folder past the command line. */
export const contentsOf = async (folder: string): Promise<Contents> => {
  const { database, store, states, close } = openStoresToRead(folder);
  try {
    const events = await listOf(store.readAll());
    const views = (await listOf(states.list())).map(viewOf);
    return { events, views, raw: rowsIn(database) };
  } finally {
    close();
  }
};

/** Each row as `TABLE JSON`, with bytes as hex digits. */
const rowsIn = (database: Database): string[] =>
  database
    .all<{ name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table'")
    .flatMap(({ name }) =>
      database.all<Record<string, unknown>>(`SELECT * FROM ${name}`).map((row) => `${name} ${textOf(row)}`),
    )
    .sort();

const textOf = (row: Record<string, unknown>): string =>
  canonicalJson(
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [
        name,
        value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
      ]),
    ),
  );
