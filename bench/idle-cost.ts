import { alarmSpecs } from '../infra/alarm-specs.ts';
import { MEASURES, METRICS } from '../src/shared/telemetry.ts';

/**
 * What a deployed ledger costs in a month in which nothing happens, in US dollars; `bench/cost.ts` has what resources cost.
 * `npm run bench:idle-cost`; docs/costs.md says where the inputs come from.
 */
const MILLION = 1e6;
const GB = 1e9;

/** List prices of us-east-1, of the whole before any free tier. */
const PRICE = {
  read: 0.125 / MILLION,
  invocation: 0.2 / MILLION,
  gbSecond: 0.0000133334,
  logGb: 0.5,
  metricMonth: 0.3,
  alarmMonth: 0.1,
  dashboardMonth: 3,
  keyMonth: 1,
  keyRequest: 0.15 / 10_000,
};

const MINUTES = 30 * 24 * 60;
/** Runs of a month with nothing to do: seal and reconcile each minute, archive every five, sweep every hour. */
const RUNS = 2 * MINUTES + MINUTES / 5 + MINUTES / 60;

const forMonth = (): Readonly<Record<string, number>> => ({
  'CloudWatch, metrics': (METRICS.length + MEASURES.length) * PRICE.metricMonth,
  'CloudWatch, alarms': alarmSpecs('x').length * PRICE.alarmMonth,
  'CloudWatch, dashboard': PRICE.dashboardMonth,
  'KMS, two keys': 2 * PRICE.keyMonth,
  // A heartbeat every ten minutes, and the public key when a function is loaded.
  'KMS, signatures': (MINUTES / 10 + 200) * PRICE.keyRequest,
  // Some 30 ms each with 1 GB, and nine reads of half a unit.
  'Lambda, schedules': RUNS * (PRICE.invocation + 0.03 * PRICE.gbSecond),
  'DynamoDB, schedules': RUNS * 9 * 0.5 * PRICE.read,
  'CloudWatch, logs of schedules': ((RUNS * 1_200) / GB) * PRICE.logGb,
});

const show = (parts: Readonly<Record<string, number>>): void => {
  const total = Object.values(parts).reduce((sum, part) => sum + part, 0);
  for (const [name, dollars] of [...Object.entries(parts), ['together', total] as const]) {
    console.log(`  ${name.padEnd(30)} ${dollars.toFixed(2).padStart(7)}`);
  }
};

show(forMonth());
