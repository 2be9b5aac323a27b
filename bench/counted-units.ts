import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDB } from '../src/adapters/dynamodb/paging.ts';

/** Units of DynamoDB on demand. */
export interface Units {
  write: number;
  read: number;
}

/** A client that adds up what DynamoDB says that each call has consumed. */
export const countedUnits = (
  client: DynamoDBClient,
): { readonly client: DynamoDB; readonly units: Readonly<Units> } => {
  const units: Units = { write: 0, read: 0 };
  const send = async (command: { input: object; constructor: { name: string } }) => {
    Object.assign(command.input, { ReturnConsumedCapacity: 'TOTAL' });
    const answer = (await client.send(command as never)) as { ConsumedCapacity?: unknown };
    const kind = command.constructor.name.startsWith('Put') ? 'write' : 'read';
    for (const consumed of [answer.ConsumedCapacity ?? []].flat()) {
      units[kind] += (consumed as { CapacityUnits?: number }).CapacityUnits ?? 0;
    }
    return answer;
  };
  return { client: { send } as unknown as DynamoDB, units };
};
