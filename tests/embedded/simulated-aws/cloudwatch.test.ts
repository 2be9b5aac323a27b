import {
  CloudWatchServiceException,
  InvalidParameterValueException,
  ListMetricsCommand,
  type MetricDatum,
  MissingRequiredParameterException,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { simulatedCloudWatch } from '../../../src/embedded/simulated-aws/cloudwatch.ts';

const test = suite('simulated CloudWatch');

const NOW = Date.parse('2026-03-31T12:00:00Z');
const TWO_WEEKS = 1_209_600_000;
const TWO_HOURS = 7_200_000;

const datum = (fields: Partial<MetricDatum> = {}): MetricDatum => ({
  MetricName: 'TagsFailed',
  Value: 1,
  ...fields,
});

const put = (MetricData: MetricDatum[], Namespace = 'tagledger') => {
  const cloudWatch = simulatedCloudWatch({ now: () => NOW });
  return { cloudWatch, reply: cloudWatch.send(new PutMetricDataCommand({ Namespace, MetricData })) };
};

const accepts = async (fields: Partial<MetricDatum>): Promise<void> => {
  const { cloudWatch, reply } = put([datum(fields)]);
  await reply;
  assert.is(cloudWatch.metrics.length, 1);
};

const refusalOf = async (data: MetricDatum[], namespace?: string): Promise<CloudWatchServiceException> => {
  const { cloudWatch, reply } = put(data, namespace);
  const error = await reply.catch((thrown: unknown) => thrown);
  assert.instance(error, CloudWatchServiceException);
  assert.is(cloudWatch.metrics.length, 0);
  assert.is(cloudWatch.calls.accepted, 0);
  return error as CloudWatchServiceException;
};

const refuses = async (fields: Partial<MetricDatum>): Promise<void> =>
  assert.instance(await refusalOf([datum(fields)]), InvalidParameterValueException);

const dimensions = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ Name: `name${n}`, Value: `value${n}` }));

test('metrics that were sent can be read back with their namespace', async () => {
  const sent = datum({ Unit: 'Count', Dimensions: dimensions(1), Timestamp: new Date(NOW) });
  const { cloudWatch, reply } = put([sent, datum({ Value: 2 })]);
  assert.is((await reply).$metadata.httpStatusCode, 200);
  assert.equal(cloudWatch.metrics, [
    { namespace: 'tagledger', datum: sent },
    { namespace: 'tagledger', datum: datum({ Value: 2 }) },
  ]);
  assert.is(cloudWatch.calls.accepted, 1);
});

test('a call takes 1,000 metrics, not 1,001, and not none', async () => {
  const thousand = Array.from({ length: 1000 }, () => datum());
  await put(thousand).reply;
  assert.instance(await refusalOf([...thousand, datum()]), InvalidParameterValueException);
  assert.instance(await refusalOf([]), MissingRequiredParameterException);
});

test('a metric takes 30 dimensions, not 31', async () => {
  await accepts({ Dimensions: dimensions(30) });
  await refuses({ Dimensions: dimensions(31) });
});

test('a dimension is printable ASCII and not blank, and its name begins with no colon', async () => {
  await accepts({ Dimensions: [{ Name: 'code', Value: 'v'.repeat(1024) }] });
  await refuses({ Dimensions: [{ Name: 'code', Value: 'v'.repeat(1025) }] });
  await refuses({ Dimensions: [{ Name: 'code', Value: ' ' }] });
  await refuses({ Dimensions: [{ Name: 'code', Value: 'Größe' }] });
  await refuses({ Dimensions: [{ Name: ':code', Value: 'v' }] });
  await refuses({ Dimensions: [{ Name: undefined, Value: 'v' }] });
});

test('a timestamp may be two weeks old and two hours ahead, to the millisecond', async () => {
  await accepts({ Timestamp: new Date(NOW - TWO_WEEKS) });
  await refuses({ Timestamp: new Date(NOW - TWO_WEEKS - 1) });
  await accepts({ Timestamp: new Date(NOW + TWO_HOURS) });
  await refuses({ Timestamp: new Date(NOW + TWO_HOURS + 1) });
  await refuses({ Timestamp: new Date(Number.NaN) });
});

test('a value is a number between -2^360 and 2^360', async () => {
  for (const Value of [0, -1.5, 2 ** 360, -(2 ** 360)]) await accepts({ Value });
  for (const Value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2 ** 361]) {
    await refuses({ Value });
    await refuses({ Value: undefined, Values: [1, Value] });
    await refuses({
      Value: undefined,
      StatisticValues: { SampleCount: 1, Sum: Value, Minimum: 0, Maximum: 0 },
    });
  }
});

test('a metric takes 150 values, not 151, and as many counts as values', async () => {
  const values = Array.from({ length: 150 }, (_, n) => n);
  await accepts({ Value: undefined, Values: values, Counts: values });
  await refuses({ Value: undefined, Values: [...values, 150] });
  await refuses({ Value: undefined, Values: [1, 2], Counts: [1] });
});

test('a metric needs a name and a value', async () => {
  assert.instance(await refusalOf([datum({ MetricName: undefined })]), MissingRequiredParameterException);
  assert.instance(await refusalOf([datum({ Value: undefined })]), MissingRequiredParameterException);
});

test('the namespaces of AWS are closed, one that looks like them is open', async () => {
  assert.instance(await refusalOf([datum()], 'AWS/EC2'), InvalidParameterValueException);
  assert.instance(await refusalOf([datum()], ''), MissingRequiredParameterException);
  assert.instance(await refusalOf([datum()], 'n'.repeat(256)), InvalidParameterValueException);
  await put([datum()], 'AWSome').reply;
  await put([datum()], 'n'.repeat(255)).reply;
});

test('one bad metric among good ones fails the call, and the message says which', async () => {
  const error = await refusalOf([datum(), datum({ Value: Number.NaN })]);
  assert.match(error.message, 'MetricData.member.2.Value');
  assert.is(error.$metadata.httpStatusCode, 400);
  assert.is(Reflect.get(error, 'Code'), 'InvalidParameterValue');
});

test('a lost request records nothing, a lost reply leaves the metrics recorded', async () => {
  const lost = () => new Error('socket hang up');
  for (const [fault, count] of [
    [{ fault: lost }, 0],
    [{ loseReply: lost }, 1],
  ] as const) {
    const cloudWatch = simulatedCloudWatch({ now: () => NOW, ...fault });
    const call = cloudWatch.send(new PutMetricDataCommand({ Namespace: 'tagledger', MetricData: [datum()] }));
    assert.is(((await call.catch((thrown: unknown) => thrown)) as Error).message, 'socket hang up');
    assert.is(cloudWatch.metrics.length, count);
  }
});

test('a command that the simulation does not know is a clear error', async () => {
  const call = simulatedCloudWatch({ now: () => NOW }).send(new ListMetricsCommand({}));
  assert.match(((await call.catch((thrown: unknown) => thrown)) as Error).message, 'got ListMetricsCommand');
});

test.run();
