import {
  type CloudWatchClient,
  InvalidParameterValueException,
  type MetricDatum,
  MissingRequiredParameterException,
  PutMetricDataCommand,
  type PutMetricDataCommandInput,
} from '@aws-sdk/client-cloudwatch';
import { callMetadata, callWithFaults, type Faults, requestIds, unsupportedCommand } from './call.ts';

/** The most metrics in one PutMetricData call (API reference). */
const MAX_METRICS_PER_CALL = 1000;
/** The most dimensions of one metric (CloudWatch guide, quotas). */
const MAX_DIMENSIONS = 30;
/** The most distinct values in one metric's `Values` (API reference). */
const MAX_VALUES = 150;
/** How far a timestamp can be in the past or the future, in ms (API reference: two weeks, two hours). */
const MAX_AGE_MS = 14 * 24 * 3600_000;
const MAX_AHEAD_MS = 2 * 3600_000;

/** One metric datum that CloudWatch has accepted, as it was sent, and its namespace. */
interface SentMetric {
  readonly namespace: string;
  readonly datum: MetricDatum;
}

export interface SimulatedCloudWatchOptions extends Faults<PutMetricDataCommand> {
  /** CloudWatch's clock in ms. */
  readonly now: () => number;
}

/** A client, the metrics that it has sent, oldest first, and the number of accepted calls. */
export type SimulatedCloudWatch = Pick<CloudWatchClient, 'send'> & {
  readonly metrics: readonly SentMetric[];
  readonly calls: { readonly accepted: number };
};

/**
 * Simulates CloudWatch's PutMetricData at the SDK's `send` seam. One bad metric makes the whole call fail.
 */
export const simulatedCloudWatch = (options: SimulatedCloudWatchOptions): SimulatedCloudWatch => {
  const metrics: SentMetric[] = [];
  const calls = { accepted: 0 };
  const nextRequestId = requestIds(options.now());

  const put = ({ input }: PutMetricDataCommand) => {
    const requestId = nextRequestId();
    const problem = problemOf(input, options.now());
    if (problem) throw refusal(problem, requestId);
    const { Namespace: namespace = '', MetricData = [] } = input;
    metrics.push(...MetricData.map((datum) => ({ namespace, datum: structuredClone(datum) })));
    calls.accepted += 1;
    return { $metadata: callMetadata(requestId) };
  };

  const send = (command: unknown) =>
    command instanceof PutMetricDataCommand
      ? callWithFaults(options, command, () => put(command))
      : Promise.reject(unsupportedCommand('CloudWatch', command, ['PutMetricDataCommand']));

  // `send` is overloaded for every command of CloudWatch and for callbacks. No function of one command can
  // satisfy that type.
  return { send: send as CloudWatchClient['send'], metrics, calls };
};

interface Problem {
  readonly missing?: boolean;
  readonly message: string;
}

const invalid = (message: string): Problem => ({ message });
const missing = (parameter: string): Problem => ({
  missing: true,
  message: `The parameter ${parameter} is required.`,
});

const problemOf = (input: PutMetricDataCommandInput, now: number): Problem | undefined => {
  if (input.EntityMetricData)
    throw new Error('The simulated CloudWatch takes MetricData, not EntityMetricData.');
  const { Namespace, MetricData } = input;
  if (!Namespace) return missing('Namespace');
  if (Namespace.startsWith('AWS/') || !isText(Namespace, 255)) {
    return invalid(`The value ${Namespace} for parameter Namespace is invalid.`);
  }
  if (!MetricData?.length) return missing('MetricData');
  if (MetricData.length > MAX_METRICS_PER_CALL) {
    return invalid(`The collection MetricData must not have a size greater than ${MAX_METRICS_PER_CALL}.`);
  }
  for (const [index, datum] of MetricData.entries()) {
    const problem = datumProblem(datum, `MetricData.member.${index + 1}`, now);
    if (problem) return problem;
  }
  return undefined;
};

const datumProblem = (datum: MetricDatum, at: string, now: number): Problem | undefined => {
  const { MetricName, Dimensions = [], Timestamp, Value, Values, Counts, StatisticValues } = datum;
  if (!MetricName) return missing(`${at}.MetricName`);
  if (!isText(MetricName, 255)) return invalid(`The parameter ${at}.MetricName is invalid.`);
  if (Dimensions.length > MAX_DIMENSIONS) {
    return invalid(`The collection ${at}.Dimensions must not have a size greater than ${MAX_DIMENSIONS}.`);
  }
  for (const [index, { Name = '', Value = '' }] of Dimensions.entries()) {
    const dimension = `${at}.Dimensions.member.${index + 1}`;
    if (!isText(Name, 255) || Name.startsWith(':'))
      return invalid(`The parameter ${dimension}.Name is invalid.`);
    if (!isText(Value, 1024)) return invalid(`The parameter ${dimension}.Value is invalid.`);
  }
  return (
    timestampProblem(Timestamp, at, now) ?? numberProblem({ Value, Values, Counts, StatisticValues }, at)
  );
};

const timestampProblem = (timestamp: Date | undefined, at: string, now: number): Problem | undefined => {
  if (timestamp === undefined) return undefined;
  const time = timestamp.getTime();
  if (!(time >= now - MAX_AGE_MS)) {
    return invalid(`The parameter ${at}.Timestamp must specify a time within the past two weeks.`);
  }
  return time > now + MAX_AHEAD_MS
    ? invalid(`The parameter ${at}.Timestamp must specify a time no more than two hours in the future.`)
    : undefined;
};

type Numbers = Pick<MetricDatum, 'Value' | 'Values' | 'Counts' | 'StatisticValues'>;

const numberProblem = (
  { Value, Values, Counts, StatisticValues }: Numbers,
  at: string,
): Problem | undefined => {
  if (Value === undefined && Values === undefined && StatisticValues === undefined) {
    return missing(`${at}.Value`);
  }
  if ((Values?.length ?? 0) > MAX_VALUES) {
    return invalid(`The collection ${at}.Values must not have a size greater than ${MAX_VALUES}.`);
  }
  if (Counts && Counts.length !== Values?.length) {
    return invalid(`The parameters ${at}.Values and ${at}.Counts must be of the same size.`);
  }
  const { SampleCount, Sum, Minimum, Maximum } = StatisticValues ?? {};
  const numbers = [Value, ...(Values ?? []), ...(Counts ?? []), SampleCount, Sum, Minimum, Maximum];
  const bad = numbers.find((number) => number !== undefined && !isMetricNumber(number));
  return bad === undefined ? undefined : invalid(`The value ${bad} for parameter ${at}.Value is invalid.`);
};

/**
 * CloudWatch accepts numbers from -2^360 to 2^360, but not NaN or infinities (API reference of MetricDatum).
 */
const isMetricNumber = (number: number): boolean => Math.abs(number) <= 2 ** 360;

/** ASCII without control characters, with at least one that is not a space. */
const isText = (text: string, maxLength: number): boolean =>
  text.length <= maxLength && /^[ -~]+$/.test(text) && text.trim() !== '';

/** As the SDK reads CloudWatch's answer: modelled exceptions, and the query API's error code in `Code`. */
const refusal = (problem: Problem, requestId: string) => {
  const fields = { message: problem.message, $metadata: callMetadata(requestId, 400) };
  return problem.missing
    ? Object.assign(new MissingRequiredParameterException(fields), {
        Code: 'MissingParameter',
        Type: 'Sender',
      })
    : Object.assign(new InvalidParameterValueException(fields), {
        Code: 'InvalidParameterValue',
        Type: 'Sender',
      });
};
