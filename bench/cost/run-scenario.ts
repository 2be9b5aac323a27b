import type { DynamoDBBatchResponse, DynamoDBRecord } from 'aws-lambda';
import { APPLIED_TYPES, positionsOf } from '../../src/handlers/runtime/feed-batch.ts';
import { fromLambda } from '../../src/handlers/runtime/lambda-feed.ts';
import { runSource } from '../../src/stream-consumer/event-source-mapping.ts';
import type { Deployment } from './deployment.ts';
import type { Metered } from './metered.ts';
import type { Scenario } from './scenarios.ts';

const RETRIES = 5;

/**
 * Runs a scenario as the services would: EventBridge calls `request` for each record; the change feed calls `apply`, and
 * `project` some seconds later, with full batches where there is enough. Rejects when a record would be given up.
 */
export const runScenario = async (
  { groups }: Scenario,
  { request, apply, project }: Deployment['functions'],
): Promise<void> => {
  for (const group of groups) {
    for (const detail of group) {
      await request.invoke({ 'detail-type': 'AWS API Call via CloudTrail', source: 'aws.ec2', detail });
    }
    await feed(apply, (type) => APPLIED_TYPES.some((applied) => applied === type));
    await feed(project, () => true);
  }
};

/** Delivers what is new, in full batches; what a function gives back comes again, as the event source mapping has it. */
const feed = async (
  { feed: from, batchSize = 1, invoke }: Metered,
  passes: (type: string | undefined) => boolean,
): Promise<void> => {
  const news = (await from?.news()) ?? [];
  const records = news.filter(({ dynamodb }) => passes(dynamodb?.NewImage?.type?.S));
  let begin = 0;
  let given: readonly DynamoDBRecord[] = [];
  await runSource(
    {
      read: async (max) => {
        if (begin >= records.length) return undefined;
        const part = records.slice(begin, begin + max);
        given = part;
        return {
          batch: fromLambda({ Records: part }),
          recordAt: (position) => part[position] as DynamoDBRecord,
          next: begin + max,
        };
      },
      commit: (next: number) => {
        begin = next;
      },
    },
    {
      name: 'cost',
      batchSize,
      maxRetries: RETRIES,
      consumer: async (batch) => {
        const Records = positionsOf(batch).map((position) => given[position]);
        const { batchItemFailures } = (await invoke({ Records })) as DynamoDBBatchResponse;
        return new Set(
          batchItemFailures.map(({ itemIdentifier }) =>
            given.findIndex(({ dynamodb }) => dynamodb?.SequenceNumber === itemIdentifier),
          ),
        );
      },
      onDropped: (dropped, error) => {
        throw new Error(`${dropped.length} records were given up`, { cause: error });
      },
    },
  );
};
