import type { DynamoDBBatchResponse, DynamoDBRecord } from 'aws-lambda';
import { APPLIED_TYPES } from '../../src/handlers/feed-record.ts';
import type { Deployment } from './deployment.ts';
import type { Metered } from './metered.ts';
import type { Scenario } from './scenarios.ts';

/**
 * Runs a scenario as the services would: EventBridge calls `request` for each record; the change feed calls `apply`, and
 * `project` some seconds later, with full batches where there is enough. Rejects when a function gives a record back.
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

const feed = async (
  { feed: from, batchSize = 1, invoke }: Metered,
  passes: (type: string | undefined) => boolean,
): Promise<void> => {
  const news = (await from?.news()) ?? [];
  const records = news.filter(({ dynamodb }: DynamoDBRecord) => passes(dynamodb?.NewImage?.type?.S));
  for (let i = 0; i < records.length; i += batchSize) {
    const answer = await invoke({ Records: records.slice(i, i + batchSize) });
    const { batchItemFailures } = answer as DynamoDBBatchResponse;
    if (batchItemFailures.length > 0) throw new Error(`${batchItemFailures.length} records were given back`);
  }
};
