import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { type AlarmSpec, alarmSpecs } from './alarm-specs.ts';

/**
 * Creates the alarms of a ledger. Each notifies the topic when it fires and clears, with a link to the
 * runbook.
 */
export const alarms = (scope: Construct, name: string, topic: ITopic, runbook: string): readonly Alarm[] =>
  alarmSpecs(name).map((spec) => {
    const made = new Alarm(scope, `Alarm-${spec.id}`, {
      alarmName: `${name}-${spec.id}`,
      alarmDescription: `${spec.means}. What to do: ${runbook}#${spec.section}`,
      ...conditionOf(spec),
    });
    made.addAlarmAction(new SnsAction(topic));
    made.addOkAction(new SnsAction(topic));
    return made;
  });

const conditionOf = ({
  metric,
  statistic,
  minutes,
  periods,
  when,
  threshold,
  silenceIsAFault,
}: AlarmSpec) => ({
  metric: new Metric({ ...metric, statistic, period: Duration.minutes(minutes) }),
  evaluationPeriods: periods,
  threshold,
  comparisonOperator:
    when === 'at least'
      ? ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
      : ComparisonOperator.LESS_THAN_THRESHOLD,
  treatMissingData: silenceIsAFault ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
});
