import { NAMESPACE } from '../src/alerts/count-incidents.ts';
import type { Measure, Metric } from '../src/shared/telemetry.ts';
import { FUNCTIONS, type FunctionSpec } from './functions.ts';

/** A CloudWatch metric. */
export interface MetricSpec {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensionsMap: Readonly<Record<string, string>>;
}

/** An alarm of a ledger. The names of the functions, queues and topic derive from the ledger's name. */
export interface AlarmSpec {
  /** The suffix of the alarm's name. */
  readonly id: string;
  /** The section of docs/runbook.md that says what to do. */
  readonly section: string;
  /** What the alarm means, in one sentence. */
  readonly means: string;
  readonly metric: MetricSpec;
  readonly statistic: 'Sum' | 'Maximum' | 'SampleCount' | 'p90';
  /** The alarm fires when the statistic breaches in this many consecutive periods. */
  readonly periods: number;
  readonly minutes: number;
  readonly when: 'at least' | 'less than';
  readonly threshold: number;
  /** Whether missing data counts as a breach, as for a metric that every scheduled run reports. */
  readonly silenceIsAFault: boolean;
}

/**
 * A metric that a function reports itself. Its name is the only dimension
 * (src/handlers/runtime/powertools.ts).
 */
export const own = (functionName: string, metricName: Metric | Measure): MetricSpec => ({
  namespace: NAMESPACE,
  metricName,
  dimensionsMap: { service: functionName },
});

/** A metric that Lambda reports for a function. */
export const ofLambda = (
  FunctionName: string,
  metricName: 'Errors' | 'Throttles' | 'IteratorAge' | 'Duration' | 'Invocations',
): MetricSpec => ({ namespace: 'AWS/Lambda', metricName, dimensionsMap: { FunctionName } });

/** The number of messages that wait in a queue. */
export const waitingIn = (QueueName: string): MetricSpec => ({
  namespace: 'AWS/SQS',
  metricName: 'ApproximateNumberOfMessagesVisible',
  dimensionsMap: { QueueName },
});

type Rest = Omit<AlarmSpec, 'id' | 'section' | 'means' | 'metric'>;

/** Fires as soon as one is counted. */
const ANY: Rest = {
  statistic: 'Sum',
  periods: 1,
  minutes: 5,
  when: 'at least',
  threshold: 1,
  silenceIsAFault: false,
};
const QUARTER: Pick<Rest, 'periods' | 'minutes'> = { periods: 3, minutes: 5 };
const SILENT: Rest = {
  statistic: 'SampleCount',
  ...QUARTER,
  when: 'less than',
  threshold: 1,
  silenceIsAFault: true,
};
const longer = (seconds: number): Rest => ({
  statistic: 'Maximum',
  ...QUARTER,
  when: 'at least',
  threshold: seconds,
  silenceIsAFault: false,
});

/**
 * All alarms of the ledger with this name. docs/runbook.md says what to do about each.
 *
 * For failures of single resources tagledger sends alerts of its own, which contain more detail. The alarm on
 * failures is for many at once.
 */
export const alarmSpecs = (name: string): readonly AlarmSpec[] => {
  const fn = (one: string) => `${name}-${one}`;
  const alarm = (id: string, means: string, metric: MetricSpec, rest: Rest, section = id): AlarmSpec => ({
    id,
    section,
    means,
    metric,
    ...rest,
  });
  const each = (pick: (spec: FunctionSpec) => boolean, make: (spec: FunctionSpec) => AlarmSpec) =>
    FUNCTIONS.filter(pick).map(make);
  return [
    alarm('tampering', 'A recorded event was changed or removed', own(fn('project'), 'TamperedRecords'), ANY),
    alarm(
      'failures',
      '50 resources or more were not tagged within an hour, and will not be',
      own(fn('project'), 'FinalFailures'),
      { ...ANY, minutes: 60, threshold: 50 },
    ),
    alarm(
      'slow-tags',
      'One in ten tags came more than 15 minutes after the call that they are for',
      own(fn('apply'), 'TimeToTag'),
      { ...longer(900), statistic: 'p90' },
    ),
    alarm(
      'oldest-request',
      'A request has waited for an hour, or nobody looks whether one does: reconcile is down',
      own(fn('reconcile'), 'OldestRequestAge'),
      { ...longer(3_600), silenceIsAFault: true },
    ),
    ...each(
      ({ feed }) => feed !== undefined && feed !== 'failures',
      (spec) =>
        alarm(
          `feed-behind-${spec.name}`,
          `${spec.name} is more than 15 minutes behind the ledger`,
          ofLambda(fn(spec.name), 'IteratorAge'),
          longer(900_000),
          'feed-behind',
        ),
    ),
    alarm(
      'given-up',
      'Something could not be handled, and waits in the failure queue',
      waitingIn(fn('failures')),
      {
        ...ANY,
        statistic: 'Maximum',
      },
    ),
    alarm('unusable', 'redrive could not run what was given up', waitingIn(fn('unusable')), {
      ...ANY,
      statistic: 'Maximum',
    }),
    alarm(
      'unreadable',
      'An event of the ledger cannot be read',
      own(fn('project'), 'UnreadableRecords'),
      ANY,
    ),
    alarm(
      'child-look-ups',
      'Children of new resources could not be looked up, and stay untagged',
      own(fn('apply'), 'ChildLookupsFailed'),
      ANY,
    ),
    alarm(
      'archive-gaps',
      'The archive lacked events that the ledger holds, and read them there',
      own(fn('archive'), 'ArchiveGapsRepaired'),
      ANY,
    ),
    alarm('archive-silent', 'The archive is not kept', own(fn('archive'), 'ArchiveGapsRepaired'), SILENT),
    alarm(
      'seal-behind',
      'An event has waited for 15 minutes to be sealed, or nothing is sealed at all',
      own(fn('seal'), 'OldestUnsealedAge'),
      { ...longer(900), silenceIsAFault: true },
    ),
    alarm('not-sealed', 'Events of a resource do not fit together', own(fn('seal'), 'StreamsNotSealed'), ANY),
    alarm('sweep-silent', 'Nobody compares the fleet with EC2', own(fn('sweep'), 'ResourcesSwept'), {
      ...SILENT,
      minutes: 60,
    }),
    alarm(
      'alerts-undelivered',
      'SNS could not deliver a message about a failure',
      {
        namespace: 'AWS/SNS',
        metricName: 'NumberOfNotificationsFailed',
        dimensionsMap: { TopicName: fn('alerts') },
      },
      ANY,
    ),
    ...each(
      () => true,
      ({ name: one }) =>
        alarm(
          `errors-${one}`,
          `${one} fails again and again`,
          ofLambda(fn(one), 'Errors'),
          { ...ANY, ...QUARTER },
          'errors',
        ),
    ),
    ...each(
      ({ single }) => !single,
      ({ name: one }) =>
        alarm(
          `throttled-${one}`,
          `${one} is refused by Lambda, which has no room for it`,
          ofLambda(fn(one), 'Throttles'),
          { ...ANY, ...QUARTER },
          'throttled',
        ),
    ),
  ];
};
