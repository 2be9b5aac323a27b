import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamodbStore } from '../events/dynamodb-store.ts';
import { embeddedDynamoDB, LEDGER_TABLE } from '../local/embedded-dynamodb.ts';
import type { FileBatch } from '../verifier/ledger-file.ts';
import { tablesIn } from './open-ledger.ts';
import type { LedgerSource } from './open-source.ts';
import { WrongUsageError } from './wrong-usage-error.ts';

type Opened = Omit<LedgerSource, 'kind'>;

/** The ledger's table of `dynamodb:TABLE[,STATE_TABLE]`. */
export const tableColumns = (where: string): Opened => {
  const [table] = tablesIn(where);
  if (!table) throw new WrongUsageError(`got --ledger ${where}, expected dynamodb:LEDGER_TABLE`);
  const client = new DynamoDBClient();
  return { batches: columnsIn(client, table), close: async () => client.destroy() };
};

/** The table of an embedded ledger's folder. */
export const embeddedColumns = async (folder: string): Promise<Opened> => {
  const { client, close } = await embeddedDynamoDB(`${folder}/db`);
  return { batches: columnsIn(client, LEDGER_TABLE), close };
};

async function* columnsIn(client: DynamoDBClient, table: string): AsyncGenerator<FileBatch> {
  for await (const columns of dynamodbStore(client, table).columns()) yield { columns, problems: [] };
}
