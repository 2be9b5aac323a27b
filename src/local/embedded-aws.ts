import { dynamodbStore } from '../events/dynamodb-store.ts';
import { dynamodbMemoStore } from '../projections/dynamodb-memo-store.ts';
import { dynamodbStateStore } from '../projections/dynamodb-state-store.ts';
import { embeddedDynamoDB, LEDGER_TABLE, STATE_TABLE } from './embedded-dynamodb.ts';
import { type LocalPipeline, localPipeline, type PipelineOptions } from './pipeline.ts';

/** The pipeline on this machine over an embedded DynamoDB. */
export interface EmbeddedAws extends Omit<LocalPipeline, 'close'> {
  close(): Promise<void>;
}

/** How the embedded AWS is to be. */
export interface EmbeddedOptions extends Omit<PipelineOptions, 'memos'> {
  /** Whether the persons behind role sessions are remembered, in the table of states. */
  readonly joinIdentities?: boolean;
}

/**
 * Starts the embedded AWS: its tables and change feed are in `folder`, or in memory when there is none. Rejects
 * when the folder's database or feed cannot be opened, and with an `InvalidInputError` when another process has it.
 */
export const embeddedAws = async ({ joinIdentities, ...options }: EmbeddedOptions): Promise<EmbeddedAws> => {
  const dynamodb = await embeddedDynamoDB(options.folder && `${options.folder}/db`);
  try {
    const pipeline = localPipeline(
      dynamodbStore(dynamodb.client, LEDGER_TABLE),
      dynamodbStateStore(dynamodb.client, STATE_TABLE),
      {
        ...options,
        ...(joinIdentities && { memos: dynamodbMemoStore(dynamodb.client, STATE_TABLE) }),
      },
    );
    const close = async () => {
      pipeline.close();
      await dynamodb.close();
    };
    return { ...pipeline, close };
  } catch (error) {
    // A database that stays open would keep the process alive after its error.
    await dynamodb.close();
    throw error;
  }
};
