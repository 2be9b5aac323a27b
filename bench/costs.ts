import { alarmSpecs } from '../infra/alarm-specs.ts';
import { MEASURES, METRICS } from '../src/handlers/observer.ts';

/**
 * What a deployed ledger costs, in US dollars: for a million new resources, and for a month in which nothing happens.
 * `npm run bench:costs [-- RESOURCES_OF_A_CALL]`; docs/costs.md says where the inputs come from.
 */
const OF_A_CALL = Number(process.argv[2] ?? 1);
const MILLION = 1e6;
const GB = 1e9;

/** List prices of us-east-1, of the whole before any free tier. */
const PRICE = {
  write: 0.625 / MILLION,
  read: 0.125 / MILLION,
  storedGbMonth: 0.25 + 0.2, // with point-in-time recovery
  invocation: 0.2 / MILLION,
  gbSecond: 0.0000133334,
  logGb: 0.5,
  trace: 5 / MILLION,
  metricMonth: 0.3,
  alarmMonth: 0.1,
  dashboardMonth: 3,
  keyMonth: 1,
  keyRequest: 0.15 / 10_000,
};

/** Measured, but for what is said to be an assumption. */
const MEASURED = {
  writes: 3, // npm run bench:pipeline: two events and one row
  sealedHead: 1, // how far the stream is sealed, a memo of the state table
  reads: 1.22, // npm run bench:pipeline
  eventBytes: 1_100, // an event of the example trail with its copies, and DynamoDB's 100 bytes for each item
  cpuSeconds: 0.002, // npm run bench:pipeline: 20,000 events of 10,000 resources in 19 s, all functions together
  waitSeconds: 0.01, // assumption: what an append waits for DynamoDB, for each invocation of request
  logLineBytes: 1_600, // a line, the metrics and Lambda's own three lines, for each invocation of request
  tracedShare: 0.05, // X-Ray's default sampling
};

/** A Lambda function has a whole processor with so much memory (Lambda guide, "Configuring memory"). */
const GB_OF_A_PROCESSOR = 1.769;

const forResources = (resources: number): Readonly<Record<string, number>> => {
  const calls = resources / OF_A_CALL;
  const units = MEASURED.writes + MEASURED.sealedHead;
  const seconds = resources * MEASURED.cpuSeconds * GB_OF_A_PROCESSOR + calls * MEASURED.waitSeconds * 0.5;
  return {
    'DynamoDB, writes': resources * units * PRICE.write,
    'DynamoDB, reads': resources * MEASURED.reads * PRICE.read,
    'DynamoDB, kept for a month': ((resources * 3 * MEASURED.eventBytes) / GB) * PRICE.storedGbMonth,
    'Lambda, invocations': calls * PRICE.invocation,
    'Lambda, memory x time': seconds * PRICE.gbSecond,
    'CloudWatch, logs': ((calls * MEASURED.logLineBytes) / GB) * PRICE.logGb,
    'X-Ray, traces': calls * MEASURED.tracedShare * PRICE.trace,
  };
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

const show = (title: string, parts: Readonly<Record<string, number>>): void => {
  const total = Object.values(parts).reduce((sum, part) => sum + part, 0);
  console.log(title);
  for (const [name, dollars] of [...Object.entries(parts), ['together', total] as const]) {
    console.log(`  ${name.padEnd(30)} ${dollars.toFixed(2).padStart(7)}`);
  }
};

show(`a million resources, ${OF_A_CALL} to a call`, forResources(MILLION));
show('a month in which nothing happens', forMonth());
