import { Duration } from 'aws-cdk-lib';
import {
  EventSourceMapping,
  FilterCriteria,
  type Function as LambdaFunction,
  MetricType,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Construct } from 'constructs';
import { APPLIED_TYPES } from '../src/handlers/runtime/feed-batch.ts';
import type { FeedSpec } from './functions.ts';
import type { Parts } from './parts.ts';

/**
 * Limits after which a batch becomes a dead letter. A record at which its function always throws must not
 * block the others forever. But a reported record can be retried for an hour (decision 0014), and a record
 * that waits behind a burst has not failed. So the limits are 1,000 retries, and half of the 24 hours that
 * the change feed retains.
 */
const RETRIES = 1_000;
const OLDEST = Duration.hours(12);

/**
 * The filter of a mapping, in Lambda's format (Lambda guide, "Filtering with DynamoDB"); undefined passes
 * all.
 */
const filterOf = ({ records }: FeedSpec): Readonly<Record<string, unknown>> | undefined =>
  records === 'all'
    ? undefined
    : { eventName: ['INSERT'], dynamodb: { NewImage: { type: { S: [...APPLIED_TYPES] } } } };

/** Feeds a function with the change feed, from its oldest record. Failed batches go to the failure queue. */
export const feed = (
  scope: Construct,
  id: string,
  target: LambdaFunction,
  spec: FeedSpec,
  { ledger, failures }: Parts,
): EventSourceMapping => {
  const filter = filterOf(spec);
  return new EventSourceMapping(scope, id, {
    target,
    ...(ledger.tableStreamArn && { eventSourceArn: ledger.tableStreamArn }),
    startingPosition: StartingPosition.TRIM_HORIZON,
    ...(filter && { filters: [FilterCriteria.filter(filter)] }),
    batchSize: spec.batchSize,
    maxBatchingWindow: Duration.seconds(spec.windowSeconds),
    // Parallel batches would share EC2's token bucket, but each would adapt its pace alone (decision 0014).
    parallelizationFactor: 1,
    reportBatchItemFailures: true,
    bisectBatchOnError: true,
    retryAttempts: RETRIES,
    maxRecordAge: OLDEST,
    onFailure: new SqsDlq(failures),
    metricsConfig: { metrics: [MetricType.EVENT_COUNT] },
  });
};

/**
 * Feeds a function with the failure queue. Disabled until somebody enables it, because a dead letter fails
 * again until its cause is fixed.
 */
export const failureFeed = (
  scope: Construct,
  id: string,
  target: LambdaFunction,
  { failures }: Parts,
): EventSourceMapping =>
  new EventSourceMapping(scope, id, {
    target,
    eventSourceArn: failures.queueArn,
    enabled: false,
    batchSize: 10,
    reportBatchItemFailures: true,
    metricsConfig: { metrics: [MetricType.EVENT_COUNT] },
  });
