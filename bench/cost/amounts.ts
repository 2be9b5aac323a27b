import { LAMBDA_LOG_BYTES, PRICES, TRACED, WHOLE_PROCESSOR_MB } from './inputs.ts';
import type { Measurement, Run, Took } from './measurement.ts';

/** What is paid for, as amounts. */
export interface Amounts {
  readonly writeUnits: number;
  readonly readUnits: number;
  readonly invocations: number;
  readonly gbSeconds: number;
  readonly tagCalls: number;
  readonly messages: number;
  readonly metricCalls: number;
  readonly logBytes: number;
  readonly traces: number;
  readonly tableBytes: number;
}

/** The least that the design allows for so many resources: two events and one row of 1 KB, and full calls of EC2. */
export const leastOf = (resources: number, { tableBytes }: Pick<Amounts, 'tableBytes'>): Amounts => ({
  writeUnits: 3 * resources,
  readUnits: 0,
  invocations: 0,
  gbSeconds: 0,
  tagCalls: resources / 1_000,
  messages: 0,
  metricCalls: 0,
  logBytes: 0,
  traces: 0,
  tableBytes,
});

/** What a run used, `times` over. */
export const amountsOf = (run: Run, functions: Measurement['functions'], times: number): Amounts => {
  const took = Object.entries(run.functions);
  const invocations = sum(took.map(([, one]) => one.invocations));
  const logged = sum(took.map(([, one]) => one.logBytes));
  const gbSeconds = sum(took.map(([name, one]) => gbSecondsOf(one, functions[name]?.memoryMb ?? 0)));
  return {
    writeUnits: run.writeUnits * times,
    readUnits: run.readUnits * times,
    invocations: invocations * times,
    gbSeconds: gbSeconds * times,
    tagCalls: (run.calls['ec2:CreateTags'] ?? 0) * times,
    messages: (run.calls['sns:Publish'] ?? 0) * times,
    metricCalls: (run.calls['monitoring:PutMetricData'] ?? 0) * times,
    logBytes: (logged + invocations * LAMBDA_LOG_BYTES) * times,
    traces: invocations * TRACED * times,
    tableBytes: run.tableBytes * times,
  };
};

/**
 * What Lambda bills for a function's invocations, rather too much than too little: the time of the processor, longer by
 * what the function's memory leaves it short of a whole one, and the time of waiting, as if the two never overlapped.
 */
const gbSecondsOf = ({ processorSeconds, waitingSeconds }: Took, memoryMb: number): number => {
  const slower = Math.max(1, WHOLE_PROCESSOR_MB / memoryMb);
  return (memoryMb / 1_024) * (processorSeconds * slower + waitingSeconds);
};

/** What amounts cost in dollars, by what is paid for. Storage is that of a month, and not in the sum. */
export const dollarsOf = (amounts: Amounts) => {
  const once = {
    writes: millions(amounts.writeUnits) * PRICES.writeUnits,
    reads: millions(amounts.readUnits) * PRICES.readUnits,
    lambda: amounts.gbSeconds * PRICES.gbSecond + millions(amounts.invocations) * PRICES.invocations,
    messages: millions(amounts.messages) * PRICES.messages,
    metrics: millions(amounts.metricCalls) * PRICES.metricCalls,
    logs: gigabytes(amounts.logBytes) * PRICES.logs,
    traces: millions(amounts.traces) * PRICES.traces,
  };
  const storage = gigabytes(amounts.tableBytes) * (PRICES.storage + PRICES.recovery);
  return { ...once, sum: sum(Object.values(once)), storage };
};

export const gigabytes = (bytes: number): number => bytes / 2 ** 30;
const millions = (count: number): number => count / 1e6;
const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
