import { type AttributeValue, ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { dynamodbStore } from '../../../src/adapters/dynamodb/event-store.ts';
import { dynamodbStateStore } from '../../../src/adapters/dynamodb/state-store.ts';
import { embeddedDynamoDB, LEDGER_TABLE, STATE_TABLE } from '../../../src/embedded/embedded-dynamodb.ts';
import { canonicalJson } from '../../../src/events/canonical-json.ts';
import type { RecordedEvent } from '../../../src/events/recorded-event.ts';
import { type StateView, viewOf } from '../../../src/projections/state-row.ts';

/** What the tables in a ledger's folder hold; no consumer is run for it. */
export interface Contents {
  /** Streams together, each oldest first. */
  readonly events: readonly RecordedEvent[];
  readonly views: readonly StateView[];
  /** Every item of both tables as it is stored, as text, sorted. */
  readonly raw: readonly string[];
}

/** Reads a ledger's folder past the command line, while nobody else has it. */
export const contentsOf = async (folder: string): Promise<Contents> => {
  const { client, close } = await embeddedDynamoDB(`${folder}/db`);
  try {
    const events: RecordedEvent[] = [];
    for await (const event of dynamodbStore(client, LEDGER_TABLE).readAll()) events.push(event);
    const views: StateView[] = [];
    for await (const row of dynamodbStateStore(client, STATE_TABLE).list()) views.push(viewOf(row));
    const raw: string[] = [];
    for (const TableName of [LEDGER_TABLE, STATE_TABLE]) {
      let ExclusiveStartKey: Record<string, AttributeValue> | undefined;
      do {
        const page = await client.send(
          new ScanCommand({ TableName, ...(ExclusiveStartKey && { ExclusiveStartKey }) }),
        );
        for (const item of page.Items ?? []) raw.push(`${TableName} ${textOf(unmarshall(item))}`);
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey);
    }
    return { events, views, raw: raw.sort() };
  } finally {
    await close();
  }
};

const textOf = (item: Record<string, unknown>): string =>
  canonicalJson(
    Object.fromEntries(
      Object.entries(item).map(([name, value]) => [
        name,
        value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
      ]),
    ),
  );
