import { type CloudWatchClient, type MetricDatum, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { Incident } from './incident.ts';

/** The part of the CloudWatch client that tagledger uses. */
export type CloudWatch = Pick<CloudWatchClient, 'send'>;

/** The CloudWatch namespace of all of tagledger's metrics. */
export const NAMESPACE = 'tagledger';

/** PutMetricData takes at most 1,000 metrics (CloudWatch API reference). */
const METRICS_PER_CALL = 1_000;

/**
 * Counts incidents in CloudWatch by class, account and Region, whether they are published or suppressed.
 * `FailedResources` have a final failure and `DelayedResources` have another attempt due, so that an alarm
 * can tell them apart; `GapsFound` counts calls whose resources are not known. The timestamp is `now`, not
 * the time of the incident: CloudWatch refuses data older than two weeks (API reference of PutMetricData),
 * and a trail may be read later. A resource is never a dimension, because each set of dimensions is a metric
 * that is charged for.
 */
export const countIncidents = async (
  cloudwatch: CloudWatch,
  incidents: readonly Incident[],
  now: Date,
): Promise<void> => {
  const data = incidents.map((incident) => datumOf(incident, now));
  for (let i = 0; i < data.length; i += METRICS_PER_CALL) {
    await cloudwatch.send(
      new PutMetricDataCommand({ Namespace: NAMESPACE, MetricData: data.slice(i, i + METRICS_PER_CALL) }),
    );
  }
};

const datumOf = (incident: Incident, now: Date): MetricDatum => {
  const { account, region, events } = incident;
  return {
    MetricName: metricOf(incident),
    Unit: 'Count',
    Value: new Set(events.map(({ stream }) => stream)).size,
    Timestamp: now,
    Dimensions: [
      ...(incident.class === 'gap' ? [] : [{ Name: 'FailureClass', Value: incident.class }]),
      { Name: 'Account', Value: account },
      { Name: 'Region', Value: region },
    ],
  };
};

const metricOf = (incident: Incident): string => {
  if (incident.class === 'gap') return 'GapsFound';
  return incident.retryAt ? 'DelayedResources' : 'FailedResources';
};
