import { setTimeout as delay } from 'node:timers/promises';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { EC2Client } from '@aws-sdk/client-ec2';
import { QUIET } from '../../src/shared/telemetry.ts';
import {
  type EndpointConsumers,
  type EndpointOptions,
  endpointConsumers,
} from '../../src/stream-consumer/endpoint-consumers.ts';
import { DEFAULT_RETRY } from '../../src/tagging/retry-policy.ts';
import { parseTagRules } from '../../src/tagging/rules/tag-rules.ts';
import type { FreshTables } from './fresh-tables.ts';
import { clientOf, targets } from './targets.ts';
import type { Topic } from './topic.ts';

/** The consumers of a ledger, as processes that can be started anew, over the servers of the run. */
export interface Deployment {
  readonly ec2: EC2Client;
  readonly cloudwatch: CloudWatchClient;
  start(over?: Partial<EndpointOptions>): Promise<EndpointConsumers>;
  close(): void;
}

/** What was given up, as an error: the suites expect nothing to be. */
const refuseDropped: EndpointOptions['onDropped'] = (consumer, records, error) => {
  throw new Error(`${consumer} gave up ${records.length} records`, { cause: error });
};

/** The clients that the consumers of these tables and this topic need. */
export const deploy = (tables: FreshTables, topic: Topic, rules: string): Deployment => {
  const { dynamodbs, cloud } = targets();
  const streams = new DynamoDBStreamsClient(clientOf(dynamodbs[0]));
  const ec2 = new EC2Client({ ...clientOf(cloud), maxAttempts: 1 });
  const cloudwatch = new CloudWatchClient(clientOf(cloud));
  return {
    ec2,
    cloudwatch,
    start: (over = {}) =>
      endpointConsumers({
        dynamodb: tables.client,
        streams,
        tables,
        sns: topic.sns,
        topicArn: topic.arn,
        cloudwatch,
        ec2: () => ec2,
        sleep: delay,
        telemetry: QUIET,
        policy: DEFAULT_RETRY,
        eventFormat: 1,
        childRules: parseTagRules(rules),
        quietMs: 15 * 60_000,
        now: () => new Date(),
        onDropped: refuseDropped,
        onTrimmed: (consumer, shardId) => {
          throw new Error(`${consumer} has lost records of ${shardId}`);
        },
        ...over,
      }),
    close: () => {
      for (const client of [streams, ec2, cloudwatch]) client.destroy();
    },
  };
};

/** Lets consumers work until nothing has come twice; gives the number of records that they got. */
export const settle = async (consumers: EndpointConsumers): Promise<number> => {
  let all = 0;
  for (let idle = 0; idle < 2; ) {
    const { apply, project } = await consumers.feed();
    all += apply + project;
    idle = apply + project > 0 ? 0 : idle + 1;
  }
  return all;
};
