import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { type Incident, incidentsOf, type RecordedFailure } from '../alerts/failure-alert.ts';
import { type CloudWatch, countIncidents, publishAlert, type Sns } from '../alerts/send-alerts.ts';
import { batchResponse, readBatch } from './change-feed.ts';
import type { Observer } from './observer.ts';

/** What `alert` needs from outside. */
export interface AlertDeps {
  readonly sns: Sns;
  readonly topicArn: string;
  readonly cloudwatch: CloudWatch;
  readonly now: () => Date;
  readonly observer: Observer;
}

/**
 * The handler behind the change feed that makes failures heard: one SNS message for each incident of the batch,
 * and a count in CloudWatch. A message that SNS does not take comes again with its records. The count is given
 * up after an error, with a log line: to have the batch again for its sake would repeat the messages.
 */
export const alert =
  ({ sns, topicArn, cloudwatch, now, observer }: AlertDeps) =>
  async ({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
    const failures = readBatch(Records).arrivals.filter(
      (arrival): arrival is { index: number; recorded: RecordedFailure } =>
        arrival.recorded.event.type === 'TagFailed',
    );
    if (failures.length === 0) return { batchItemFailures: [] };

    const incidents = incidentsOf(failures.map(({ recorded }) => recorded));
    const unheard: Incident[] = [];
    for (const incident of incidents) {
      try {
        await publishAlert(sns, topicArn, incident);
        observer.count('AlertsSent', 1);
      } catch (error) {
        unheard.push(incident);
        observer.error('an alert could not be sent', { error, code: incident.code });
      }
    }
    try {
      await countIncidents(cloudwatch, incidents, now());
    } catch (error) {
      observer.error('failures could not be counted in CloudWatch', { error });
    }
    const again = failures.filter(({ recorded }) => unheard.some((incident) => isPartOf(incident, recorded)));
    return batchResponse(
      Records,
      again.map(({ index }) => index),
    );
  };

/** By more than its resource: one resource may have failed twice in a batch, in two incidents. */
const isPartOf = (incident: Incident, { stream, event }: RecordedFailure): boolean =>
  incident.code === event.code &&
  (incident.retryAt === undefined) === (event.retryAt === undefined) &&
  incident.resources.includes(stream);
