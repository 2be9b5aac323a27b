import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamodbStore } from '../../adapters/dynamodb/event-store.ts';
import type { Database } from '../../adapters/sqlite/database.ts';
import { feedEnd } from '../../embedded/change-feed.ts';
import { openStoresToRead } from '../../embedded/embedded-stores.ts';
import { emptiedDatabase, type LostDatabase, lostDatabase } from '../../embedded/lost-database.ts';
import type { ReadOnlyEventStore } from '../../events/event-store.ts';
import type { FileBatch } from '../../verifier/ledger-file.ts';
import { WrongUsageError } from '../errors.ts';
import { tablesIn } from './ledger-kind.ts';

/** The events of a ledger, read as columns. */
export interface OpenColumns {
  /**
   * The columns of all events, in batches. The events of a stream are contiguous and in order. Can be
   * iterated only once.
   */
  readonly batches: AsyncIterable<FileBatch>;
  /** The number of events, if it is known without reading them. */
  readonly total?: number;
  close(): Promise<void>;
}

/** Opens the ledger table of `dynamodb:TABLE[,STATE_TABLE]`. */
export const tableColumns = (where: string): OpenColumns => {
  const [table] = tablesIn(where);
  if (!table) throw new WrongUsageError(`--ledger ${where} names no table. Write dynamodb:LEDGER_TABLE.`);
  const client = new DynamoDBClient();
  return { batches: columnsIn(dynamodbStore(client, table)), close: async () => client.destroy() };
};

/**
 * Opens the table of an embedded ledger's folder. If the folder held events but its database is missing or
 * empty, the only batch reports that problem. A missing database is not created.
 */
export const embeddedColumns = async (folder: string): Promise<OpenColumns> => {
  const lost = lostDatabase(folder);
  if (lost) return { batches: lostBatch(lost), close: async () => {} };
  const { database, store, close } = openStoresToRead(folder);
  async function* batches(): AsyncGenerator<FileBatch> {
    const emptied = await emptiedDatabase(folder, store);
    if (emptied) return yield* lostBatch(emptied);
    let events = 0;
    for await (const batch of columnsIn(store)) {
      events += batch.columns.length;
      yield batch;
    }
    yield* lostRows(database, events);
  }
  return { batches: batches(), total: feedEnd(database), close: async () => close() };
};

/** The store reads events through an index. A damaged one could hide events that are in the table. */
function* lostRows(database: Database, events: number): Generator<FileBatch> {
  const there = database.get<{ n: number }>('SELECT count(*) AS n FROM events NOT INDEXED')?.n ?? 0;
  if (there === events) return;
  const expected = `${there} events, which the table has`;
  const found = `${events} by its index: the database is damaged, restore db/ from a backup`;
  yield { columns: [], problems: [{ kind: 'missing', stream: null, seq: null, expected, found }] };
}

async function* lostBatch({ held, database }: LostDatabase): AsyncGenerator<FileBatch> {
  const expected = `the events of the ledger, which has ${held}`;
  const found = `a database that is ${database}: restore db/ from a backup`;
  yield { columns: [], problems: [{ kind: 'missing', stream: null, seq: null, expected, found }] };
}

async function* columnsIn(store: Pick<ReadOnlyEventStore, 'columns'>): AsyncGenerator<FileBatch> {
  for await (const columns of store.columns()) yield { columns, problems: [] };
}
