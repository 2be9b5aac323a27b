import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { mockClient } from 'aws-sdk-client-mock';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { countIncidents } from '../../src/alerts/count-incidents.ts';
import { type Incident, incidentsOf } from '../../src/alerts/incident.ts';
import { simulatedCloudWatch } from '../../src/embedded/simulated-aws/cloudwatch.ts';
import { AT, failureOf, gapOf, streamOf } from '../support/failures.ts';

const test = suite('count incidents');

const REGION = 'eu-west-1';

/** A client of this test alone: what is mocked is the instance, never the class. */
const mockedCloudWatch = () => {
  const client = new CloudWatchClient({ region: REGION });
  const mock = mockClient(client);
  mock.on(PutMetricDataCommand).resolves({});
  /** What was sent, call by call. */
  const sent = () => mock.commandCalls(PutMetricDataCommand).map(({ args: [{ input }] }) => input);
  return { client, mock, sent };
};

const DENIED = incidentsOf(['i-a', 'i-b'].map((id) => failureOf(streamOf(id))))[0] as Incident;

/** Incidents of as many accounts. */
const incidents = (count: number): Incident[] =>
  Array.from({ length: count }, (_, n) => ({ ...DENIED, account: String(n).padStart(12, '0') }) as Incident);

test('final and delayed failures are counted apart, by class, account and Region', async () => {
  const { client, sent } = mockedCloudWatch();
  const now = new Date(AT);
  const elsewhere = incidentsOf([
    failureOf(streamOf('i-c', { account: '444455556666', region: 'us-east-1' }), {
      code: 'RequestLimitExceeded',
      class: 'throttled',
      retryAt: '2026-03-31T12:00:30.000Z',
    }),
  ]);
  await countIncidents(client, [DENIED, ...elsewhere], now);
  const datum = (
    MetricName: string,
    Value: number,
    failureClass: string,
    account: string,
    region: string,
  ) => ({
    MetricName,
    Unit: 'Count',
    Value,
    Timestamp: now,
    Dimensions: [
      { Name: 'FailureClass', Value: failureClass },
      { Name: 'Account', Value: account },
      { Name: 'Region', Value: region },
    ],
  });
  assert.equal(sent(), [
    {
      Namespace: 'tagledger',
      MetricData: [
        datum('FailedResources', 2, 'denied', '111122223333', 'eu-west-1'),
        datum('DelayedResources', 1, 'throttled', '444455556666', 'us-east-1'),
      ],
    },
  ]);
});

test('calls whose resources are not known are a metric of their own', async () => {
  const { client, sent } = mockedCloudWatch();
  await countIncidents(client, incidentsOf([gapOf('g-1'), gapOf('g-2')]), new Date(AT));
  const [datum] = sent()[0]?.MetricData ?? [];
  assert.equal([datum?.MetricName, datum?.Value], ['GapsFound', 2]);
  assert.equal(datum?.Dimensions, [
    { Name: 'Account', Value: '111122223333' },
    { Name: 'Region', Value: 'eu-west-1' },
  ]);
});

test('a failure of a year ago is counted now, because CloudWatch takes nothing older than two weeks', async () => {
  const now = new Date('2027-03-31T12:00:00.000Z');
  const cloudwatch = simulatedCloudWatch({ now: () => now.getTime() });
  await countIncidents(cloudwatch, [DENIED], now);
  assert.equal(
    cloudwatch.metrics.map(({ datum }) => datum.Timestamp),
    [now],
  );
  assert.ok(DENIED.events.every(({ event }) => event.effectiveAt < '2026-04-01'));
});

test('no incident is no call', async () => {
  const { client, mock } = mockedCloudWatch();
  await countIncidents(client, [], new Date(AT));
  assert.is(mock.calls().length, 0);
});

test('a call holds at most 1,000 metrics, and none is lost or sent twice', async () => {
  for (const [count, calls] of [
    [1_000, [1_000]],
    [1_001, [1_000, 1]],
    [2_500, [1_000, 1_000, 500]],
  ] as const) {
    const { client, sent } = mockedCloudWatch();
    await countIncidents(client, incidents(count), new Date(AT));
    assert.equal(
      sent().map(({ MetricData }) => MetricData?.length),
      calls,
    );
    const accounts = sent().flatMap(({ MetricData = [] }) =>
      MetricData.map(({ Dimensions }) => Dimensions?.find(({ Name }) => Name === 'Account')?.Value),
    );
    assert.equal(
      accounts,
      incidents(count).map(({ account }) => account),
    );
  }
});

test('no resource is among the dimensions', async () => {
  const { client, sent } = mockedCloudWatch();
  await countIncidents(client, [DENIED], new Date(AT));
  assert.not(/i-a|i-b|instance/.test(JSON.stringify(sent())));
});

test('what CloudWatch does not take rejects', async () => {
  const { client, mock } = mockedCloudWatch();
  mock.on(PutMetricDataCommand).rejects(new Error('slow down'));
  const error = await countIncidents(client, [DENIED], new Date(AT)).then(
    () => assert.unreachable('expected an error'),
    (thrown: Error) => thrown,
  );
  assert.is((error as Error).message, 'slow down');
});

test.run();
