import { dynamodbCoordinationStore } from '../adapters/dynamodb/coordination-store.ts';
import { dynamodbStore } from '../adapters/dynamodb/event-store.ts';
import { dynamodbStateStore } from '../adapters/dynamodb/state-store.ts';
import type { CoordinationStore } from '../coordination/coordination-store.ts';
import { embeddedDynamoDB, LEDGER_TABLE, STATE_TABLE } from './embedded-dynamodb.ts';
import { type LocalPipeline, localPipeline, type PipelineOptions } from './pipeline.ts';

/** The local pipeline over an embedded DynamoDB. */
export interface EmbeddedAws extends Omit<LocalPipeline, 'close'> {
  readonly coordination: CoordinationStore;
  close(): Promise<void>;
}

/**
 * Starts the embedded AWS, with its tables and change feed in `folder`, or in memory by default. Rejects if
 * the folder's database or feed cannot be opened, and with an `InvalidInputError` if another process is using
 * it.
 */
export const embeddedAws = async (options: Omit<PipelineOptions, 'coordination'>): Promise<EmbeddedAws> => {
  const dynamodb = await embeddedDynamoDB(options.folder && `${options.folder}/db`);
  try {
    const pipeline = localPipeline(
      dynamodbStore(dynamodb.client, LEDGER_TABLE),
      dynamodbStateStore(dynamodb.client, STATE_TABLE),
      { ...options, coordination: dynamodbCoordinationStore(dynamodb.client, STATE_TABLE) },
    );
    const close = async () => {
      pipeline.close();
      await dynamodb.close();
    };
    return { ...pipeline, coordination: dynamodbCoordinationStore(dynamodb.client, STATE_TABLE), close };
  } catch (error) {
    // An open database would keep the process alive after its error.
    await dynamodb.close();
    throw error;
  }
};
