import { Duration } from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  MathExpression,
  Metric,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { NAMESPACE } from '../src/alerts/count-incidents.ts';
import { type MetricSpec, ofLambda, own, waitingIn } from './alarm-specs.ts';
import { FUNCTIONS } from './functions.ts';

/** A third and all of the 24 columns of a CloudWatch dashboard. */
const [THIRD, WHOLE] = [8, 24];

/** The health of a ledger on one page: inputs, outcomes, latency and backlog. */
export const dashboard = (scope: Construct, name: string, alarms: readonly Alarm[]): Dashboard => {
  const fn = (one: string) => `${name}-${one}`;
  const graph = (title: string, left: readonly Metric[]) =>
    new GraphWidget({ title, width: THIRD, left: [...left], leftYAxis: { min: 0 } });
  const line = (spec: MetricSpec, statistic: string, label: string) =>
    new Metric({ ...spec, statistic, label, period: Duration.minutes(5) });
  const sum = (spec: MetricSpec, label: string) => line(spec, 'Sum', label);
  const most = (spec: MetricSpec, label: string) => line(spec, 'Maximum', label);

  return new Dashboard(scope, 'Dashboard', {
    dashboardName: name,
    widgets: [
      [new AlarmStatusWidget({ title: 'Alarms', width: WHOLE, alarms: [...alarms] })],
      [
        graph('Requests', [
          sum(own(fn('request'), 'RequestsRecorded'), 'requested'),
          sum(own(fn('apply'), 'RequestsRecorded'), 'requested for children'),
          sum(own(fn('apply'), 'ResourcesApplied'), 'applied'),
          sum(own(fn('apply'), 'ResourcesFailed'), 'attempts failed'),
          sum(own(fn('project'), 'FinalFailures'), 'failed permanently'),
        ]),
        // Classes, accounts and Regions change over time, so a search finds those that exist.
        new GraphWidget({
          title: 'Failures by class, account and Region',
          width: THIRD,
          left: ['FailedResources', 'DelayedResources'].map(
            (metric) =>
              new MathExpression({
                expression: `SEARCH('{${NAMESPACE},FailureClass,Account,Region} MetricName="${metric}"', 'Sum', 300)`,
                label: metric,
                usingMetrics: {},
              }),
          ),
          leftYAxis: { min: 0 },
        }),
        graph('From the call to its tags, in seconds', [
          line(own(fn('apply'), 'TimeToTag'), 'p50', 'half'),
          line(own(fn('apply'), 'TimeToTag'), 'p90', 'nine in ten'),
          most(own(fn('apply'), 'TimeToTag'), 'the slowest'),
        ]),
      ],
      [
        graph('What has waited the longest, in seconds', [
          most(own(fn('reconcile'), 'OldestRequestAge'), 'request'),
          most(own(fn('seal'), 'OldestUnsealedAge'), 'event to be sealed'),
        ]),
        graph(
          'Behind the ledger, in milliseconds',
          FUNCTIONS.filter(({ feed }) => feed && feed !== 'failures').map(({ name: one }) =>
            most(ofLambda(fn(one), 'IteratorAge'), one),
          ),
        ),
        graph('Given up', [
          most(waitingIn(fn('failures')), 'in the failure queue'),
          most(waitingIn(fn('unusable')), 'not to be run again'),
        ]),
      ],
      [
        graph('What should be 0', [
          sum(own(fn('project'), 'TamperedRecords'), 'tampered'),
          sum(own(fn('project'), 'UnreadableRecords'), 'unreadable'),
          sum(own(fn('archive'), 'ArchiveGapsRepaired'), 'lacking in the archive'),
          sum(own(fn('seal'), 'StreamsNotSealed'), 'not sealed'),
        ]),
        graph(
          'Errors',
          FUNCTIONS.map(({ name: one }) => sum(ofLambda(fn(one), 'Errors'), one)),
        ),
        graph(
          'Duration, in milliseconds',
          FUNCTIONS.map(({ name: one }) => most(ofLambda(fn(one), 'Duration'), one)),
        ),
      ],
    ],
  });
};
