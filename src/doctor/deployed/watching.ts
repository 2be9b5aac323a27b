import {
  type CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricStatisticsCommand,
  type MetricAlarm,
} from '@aws-sdk/client-cloudwatch';
import { NAMESPACE } from '../../alerts/count-incidents.ts';
import { type Diagnosis, fine, unknown, wrong } from '../diagnosis.ts';
import { type Names, nameOf } from './names.ts';

type Client = Pick<CloudWatchClient, 'send'>;

/** Reads the ledger's alarms, the first hundred. Needs `cloudwatch:DescribeAlarms`. */
export const alarmsOf = async (client: Client, { prefix }: Names): Promise<readonly MetricAlarm[]> =>
  (await client.send(new DescribeAlarmsCommand({ AlarmNamePrefix: `${prefix}-`, MaxRecords: 100 })))
    .MetricAlarms ?? [];

/**
 * Checks that there are alarms, that their actions are enabled, and that none is in ALARM. The description of
 * an alarm ends with where to read what to do.
 */
export const alarms = (found: readonly MetricAlarm[]): readonly Diagnosis[] => {
  if (found.length === 0)
    return [wrong('alarms', 'there are none: nobody would hear of a fault', 'npx cdk deploy')];
  const mute = found.filter(({ ActionsEnabled }) => ActionsEnabled === false);
  const rings = found.filter(({ StateValue }) => StateValue === 'ALARM');
  const bad = [
    ...rings.map(({ AlarmName, AlarmDescription = '' }) => {
      const [says = '', todo = 'docs/runbook.md'] = AlarmDescription.split('. What to do: ');
      return wrong('alarms', `${AlarmName}: ${says}`, todo);
    }),
    ...mute.map(({ AlarmName }) =>
      wrong(
        'alarms',
        `${AlarmName} notifies nobody`,
        `aws cloudwatch enable-alarm-actions --alarm-names ${AlarmName}`,
      ),
    ),
  ];
  return bad.length > 0 ? bad : [fine('alarms', `${found.length} are there, and none rings`)];
};

const QUARTER_MS = 15 * 60_000;
const DAY_MS = 24 * 3_600_000;

/** How many samples of a metric were taken in the last `ms` milliseconds. */
const samples = async (
  client: Client,
  metric: {
    readonly Namespace: string;
    readonly MetricName: string;
    readonly Dimensions: { Name: string; Value: string }[];
  },
  now: Date,
  ms: number,
): Promise<number> => {
  const { Datapoints = [] } = await client.send(
    new GetMetricStatisticsCommand({
      ...metric,
      StartTime: new Date(now.getTime() - ms),
      EndTime: now,
      Period: ms / 1_000,
      Statistics: ['SampleCount'],
    }),
  );
  return Datapoints.reduce((sum, { SampleCount = 0 }) => sum + SampleCount, 0);
};

/**
 * How often `reconcile` measured in the last 15 minutes and `request` ran in the last day. Needs
 * `cloudwatch:GetMetricStatistics`.
 */
export const flowOf = async (client: Client, names: Names, now: Date) => ({
  measured: await samples(
    client,
    {
      Namespace: NAMESPACE,
      MetricName: 'OldestRequestAge',
      Dimensions: [{ Name: 'service', Value: nameOf(names, 'reconcile') }],
    },
    now,
    QUARTER_MS,
  ),
  came: await samples(
    client,
    {
      Namespace: 'AWS/Lambda',
      MetricName: 'Invocations',
      Dimensions: [{ Name: 'FunctionName', Value: nameOf(names, 'request') }],
    },
    now,
    DAY_MS,
  ),
});

/**
 * Checks that metrics arrive: `reconcile` always measures once a minute. A day without calls is unknown,
 * since it may have been a quiet one.
 */
export const flow = (
  { measured, came }: Awaited<ReturnType<typeof flowOf>>,
  names: Names,
): readonly Diagnosis[] => [
  measured > 0
    ? fine('metrics', 'they flow')
    : wrong(
        'metrics',
        'reconcile has measured nothing for 15 minutes, which it does every minute',
        `aws logs tail /aws/lambda/${nameOf(names, 'reconcile')} --since 15m`,
      ),
  came > 0
    ? fine('calls', 'calls came in within a day')
    : unknown(
        'calls',
        'no call came in for a day: nothing was created, changed or ended, or the records do not arrive',
        'tag something, and ask for it some minutes later with `tagledger why`',
      ),
];
