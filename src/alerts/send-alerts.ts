import { type CloudWatchClient, type MetricDatum, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { alertOf, type Incident } from './failure-alert.ts';

/** The parts of the clients that are used. */
export type Sns = Pick<SNSClient, 'send'>;
export type CloudWatch = Pick<CloudWatchClient, 'send'>;

/** The CloudWatch namespace of all that tagledger measures. */
export const NAMESPACE = 'tagledger';

/** PutMetricData takes at most 1,000 metrics (CloudWatch API reference). */
const METRICS_PER_CALL = 1_000;

/** Sends one message for an incident to the topic; rejects when SNS does. */
export const publishAlert = async (sns: Sns, topicArn: string, incident: Incident): Promise<void> => {
  const { subject, message } = alertOf(incident);
  await sns.send(new PublishCommand({ TopicArn: topicArn, Subject: subject, Message: message }));
};

/**
 * Counts resources in CloudWatch, by class, account and Region, at `now`: `FailedResources` whose failure is final,
 * and `DelayedResources` for which another attempt is due, so that an alarm can tell them apart. A resource
 * is never a dimension: each set of dimensions is a metric that is paid for.
 */
export const countIncidents = async (
  cloudwatch: CloudWatch,
  incidents: readonly Incident[],
  now: Date,
): Promise<void> => {
  const data = incidents.map(
    ({ class: failureClass, account, region, retryAt, resources }): MetricDatum => ({
      MetricName: retryAt ? 'DelayedResources' : 'FailedResources',
      Unit: 'Count',
      Value: resources.length,
      Timestamp: now,
      Dimensions: [
        { Name: 'FailureClass', Value: failureClass },
        { Name: 'Account', Value: account },
        { Name: 'Region', Value: region },
      ],
    }),
  );
  for (let i = 0; i < data.length; i += METRICS_PER_CALL) {
    await cloudwatch.send(
      new PutMetricDataCommand({ Namespace: NAMESPACE, MetricData: data.slice(i, i + METRICS_PER_CALL) }),
    );
  }
};
