import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SNSClient } from '@aws-sdk/client-sns';
import { dynamodbCoordinationStore } from '../adapters/dynamodb/coordination-store.ts';
import type { TableNames } from '../adapters/dynamodb/create-tables.ts';
import { dynamodbStore } from '../adapters/dynamodb/event-store.ts';
import { dynamodbStateStore } from '../adapters/dynamodb/state-store.ts';
import { type ApplyDeps, apply } from '../handlers/apply/apply.ts';
import { type ProjectConsumerDeps, projectConsumer } from '../handlers/project/consumer.ts';
import { closeSuppressionWindows } from '../handlers/reconcile/close-suppression-windows.ts';
import { type Reconciled, reconcile } from '../handlers/reconcile/reconcile.ts';
import type { Consumer } from '../handlers/redrive/dead-letter.ts';
import { APPLIED_TYPES, type FeedConsumer } from '../handlers/runtime/feed-batch.ts';
import { backoff } from '../shared/backoff.ts';
import { InvalidInputError } from '../shared/errors.ts';
import type { RetryPolicy } from '../tagging/retry-policy.ts';
import type { Mapping } from './event-source-mapping.ts';
import { openStreamsReader, type StreamsReaderOptions } from './streams-reader.ts';

/** The dependencies of {@link endpointConsumers}: AWS, or services that speak its protocol. */
export interface EndpointOptions
  extends Pick<StreamsReaderOptions, 'streams'>,
    Pick<ApplyDeps, 'ec2' | 'sleep' | 'telemetry' | 'childRules'>,
    Pick<ProjectConsumerDeps, 'archived' | 'eventFormat'> {
  readonly dynamodb: DynamoDBClient;
  readonly tables: TableNames;
  readonly sns: Pick<SNSClient, 'send'>;
  readonly topicArn: string;
  readonly cloudwatch: Pick<CloudWatchClient, 'send'>;
  readonly policy: RetryPolicy;
  readonly quietMs: number;
  readonly now: () => Date;
  /** Receives what a consumer gave up, as a failure destination does. */
  readonly onDropped: (consumer: Consumer, ...dropped: Parameters<Mapping['onDropped']>) => void;
  /** See {@link StreamsReaderOptions.onTrimmed}. */
  readonly onTrimmed: (consumer: Consumer, shardId: string) => void;
}

/** The consumers of a ledger in DynamoDB, run in this process instead of Lambda. */
export interface EndpointConsumers {
  /**
   * Delivers the records now in the change feed, to `apply` first. Returns the number of records that each
   * consumer received.
   */
  feed(): Promise<Readonly<Record<Consumer, number>>>;
  /**
   * Does the work of the AWS schedule that runs every minute: closes suppression windows and raises due
   * attempts.
   */
  tend(): Promise<Reconciled>;
}

/**
 * Batches are large, because equal requests of a batch share an EC2 call, and all events of one resource
 * share one write of its row. `project` joins ten pages of the feed, because a whole burst lies between the
 * request and the outcome of a resource.
 */
const BATCH = { apply: 1_000, project: 10_000 } as const;
const RETRIES = 5;
/** The time limit of one invocation, like a Lambda timeout of one minute. */
const INVOCATION_MS = 60_000;
const RECONCILED = 1_000;
const PERIODS_AT_ONCE = 100;

/**
 * Opens the change feed of a ledger's table, each consumer at its cursor. Rejects with an `InvalidInputError`
 * if the table has no change feed.
 */
export const endpointConsumers = async (options: EndpointOptions): Promise<EndpointConsumers> => {
  const { dynamodb, tables, streams, sns, topicArn, cloudwatch, ec2, sleep, telemetry, childRules } = options;
  const { archived, policy, eventFormat, quietMs, now, onDropped, onTrimmed } = options;
  const streamArn = await changeFeedOf(dynamodb, tables.ledger);
  const store = dynamodbStore(dynamodb, tables.ledger);
  const states = dynamodbStateStore(dynamodb, tables.state);
  const coordination = dynamodbCoordinationStore(dynamodb, tables.state);
  const ledger = { store, eventFormat, now };
  const telling = { coordination, sns, topicArn, now, telemetry, quietMs };

  const open = (name: Consumer, consumer: FeedConsumer, over: Pick<Mapping, 'types'> = {}) =>
    openStreamsReader(
      { streams, coordination, streamArn, onTrimmed: (shardId) => onTrimmed(name, shardId) },
      {
        name,
        consumer: (batch) => {
          const end = now().getTime() + INVOCATION_MS;
          return consumer(batch, { remainingMs: () => end - now().getTime() });
        },
        batchSize: BATCH[name],
        maxRetries: RETRIES,
        beforeRetry: backoff,
        onDropped: (records, error) => onDropped(name, records, error),
        ...over,
      },
    );

  const applying = apply({ ledger, ec2, sleep, telemetry, policy, childRules });
  const projecting = projectConsumer({ ...telling, store, eventFormat, states, archived, cloudwatch });
  const readers = {
    apply: await open('apply', applying, { types: APPLIED_TYPES }),
    project: await open('project', projecting),
  };
  const reconciling = reconcile({ ledger, states, policy, limit: RECONCILED, telemetry });

  return {
    feed: async () => ({ apply: await readers.apply.turn(), project: await readers.project.turn() }),
    tend: async () => {
      await closeSuppressionWindows({ ...telling, limit: PERIODS_AT_ONCE });
      return reconciling(() => INVOCATION_MS);
    },
  };
};

const changeFeedOf = async (dynamodb: DynamoDBClient, TableName: string): Promise<string> => {
  const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName }));
  if (Table?.LatestStreamArn && Table.StreamSpecification?.StreamEnabled) return Table.LatestStreamArn;
  throw new InvalidInputError(
    `The table ${TableName} has no change feed. Switch on DynamoDB Streams with new and old images.`,
  );
};
