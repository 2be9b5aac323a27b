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
 * When a batch is given up. A record that its function throws at each time must not hold the others for ever; but one
 * that is reported may come again for an hour (decision 0014), and one that waits behind a burst is no failure: so many
 * tries, and half of the day that the change feed keeps.
 */
const RETRIES = 1_000;
const OLDEST = Duration.hours(12);

/** The filter of a mapping, as Lambda matches it with a record (Lambda guide, "Filtering with DynamoDB"); none lets all pass. */
const filterOf = ({ records }: FeedSpec): Readonly<Record<string, unknown>> | undefined =>
  records === 'all'
    ? undefined
    : { eventName: ['INSERT'], dynamodb: { NewImage: { type: { S: [...APPLIED_TYPES] } } } };

/** Feeds a function with the ledger's stream from its beginning; what cannot be handled goes to the failure queue. */
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
    // More at once would share EC2's token bucket and find its pace each for itself (decision 0014).
    parallelizationFactor: 1,
    reportBatchItemFailures: true,
    bisectBatchOnError: true,
    retryAttempts: RETRIES,
    maxRecordAge: OLDEST,
    onFailure: new SqsDlq(failures),
    metricsConfig: { metrics: [MetricType.EVENT_COUNT] },
  });
};

/** Feeds a function with the failure queue. Off until somebody switches it on: what failed once fails again until its cause is gone. */
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
