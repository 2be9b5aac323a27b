import { type Amounts, amountsOf, dollarsOf, gigabytes, leastOf } from './amounts.ts';
import {
  LAMBDA_LOG_BYTES,
  LEAST_MS,
  LIST,
  MINUTES_IN_A_MONTH,
  PRICES,
  TRACED,
  WHOLE_PROCESSOR_MB,
} from './inputs.ts';
import type { Measurement, Run, Took } from './measurement.ts';

const RESOURCES = 1e6;

const PRICED: Readonly<Record<keyof typeof PRICES, string>> = {
  writeUnits: 'a million write units, on demand',
  readUnits: 'a million read units, on demand',
  storage: 'a GB of table, a month',
  recovery: 'a GB of point-in-time recovery, a month',
  gbSecond: 'a GB-second of Lambda on Arm',
  invocations: 'a million invocations',
  logs: 'a GB of logs, taken in',
  metricCalls: 'a million calls of `PutMetricData`',
  messages: 'a million messages of SNS',
  traces: 'a million traces recorded',
};

/** bench/cost.md: what a million tagged resources cost, from what was measured and the list prices. */
export const costText = ({ date, machine, functions, runs, idle }: Measurement): string => {
  const scaled = runs.map((run) => amountsOf(run, functions, RESOURCES / run.resources));
  const [first] = scaled as [Amounts];
  const columns = [leastOf(RESOURCES, first), ...scaled];
  const titles = ['', 'the least', ...runs.map(({ name }) => name)];
  const amounts = (title: string, of: (amounts: Amounts) => string) => [title, ...columns.map(of)];
  const dollars = (title: string, of: keyof ReturnType<typeof dollarsOf>) => [
    title,
    ...columns.map((column) => usd(dollarsOf(column)[of])),
  ];
  const idling = dollarsOf(
    amountsOf(idle, functions, MINUTES_IN_A_MONTH / (idle.functions.reconcile?.invocations ?? 1)),
  );

  return `# What a million tagged resources cost

Written by \`npm run bench:cost\`; do not edit. Prices are list prices in US dollars for ${LIST.region} of ${LIST.date}, without
free tiers (\`bench/cost/inputs.ts\`, where others can be set: \`npm run bench:cost -- --again\`); counts and times were measured on
${date} with ${machine}.

${markdown([
  titles,
  dollars('DynamoDB, writes', 'writes'),
  dollars('DynamoDB, reads', 'reads'),
  dollars('Lambda', 'lambda'),
  dollars('logs', 'logs'),
  dollars('traces', 'traces'),
  dollars('SNS messages', 'messages'),
  dollars('metric calls', 'metrics'),
  dollars('**sum**', 'sum'),
  dollars('storage and recovery, each month', 'storage'),
])}

EC2 charges nothing for its calls. What they are short of is the bucket: 10 calls of \`CreateTags\` a second. Amounts behind
these prices:

${markdown([
  titles,
  amounts('write units', ({ writeUnits }) => whole(writeUnits)),
  amounts('read units', ({ readUnits }) => whole(readUnits)),
  amounts('invocations', ({ invocations }) => whole(invocations)),
  amounts('GB-seconds', ({ gbSeconds }) => whole(gbSeconds)),
  amounts('calls of `CreateTags`', ({ tagCalls }) => whole(tagCalls)),
  amounts('SNS messages', ({ messages }) => whole(messages)),
  amounts('calls of `PutMetricData`', ({ metricCalls }) => whole(metricCalls)),
  amounts('logs, GB', ({ logBytes }) => gigabytes(logBytes).toFixed(2)),
  amounts('tables, GB', ({ tableBytes }) => gigabytes(tableBytes).toFixed(2)),
])}

- **The least** that the design allows is two events and one row of at most 1 KB, a write unit each, and 1,000 resources in a
  call. The size of the tables is that of the first run.
- **One at a time**: each resource is launched alone and has its batches to itself. **Launches of 20**: each launch has. **A
  burst**: 500 launches of 20 at the same moment; a row is then written while its request is open, with its entry in the
  index \`due\`, and again when that is done. **Refused**: EC2 denies all, and people are told.

What was measured:

${markdown([
  [
    'run',
    'resources',
    'write units',
    'read units',
    'invocations',
    'seconds of processor',
    'of waiting',
    'calls',
  ],
  ...[...runs, idle].map(rowOf),
])}

Functions as deployed (\`infra/functions.ts\`), from \`dist/lambda\`, each in its own process, warm:

${markdown([
  ['function', 'memory', 'most that it held', 'batch', 'window'],
  ...Object.entries(functions).map(([name, { memoryMb, peakMb, batchSize, windowSeconds }]) => [
    name,
    `${memoryMb} MB`,
    `${peakMb} MB`,
    batchSize === undefined ? '' : String(batchSize),
    windowSeconds === undefined ? '' : `${windowSeconds} s`,
  ]),
])}

- DynamoDB Local says what each call consumes, indexes included. Added is what it leaves out: a unit for a key under which
  there is nothing, and one for a write whose condition fails.
- GB-seconds are memory × the processor's time, longer by what the memory leaves short of a whole processor
  (${whole(WHOLE_PROCESSOR_MB)} MB), and × the time in which a call was under way, if DynamoDB answers in ${LEAST_MS.dynamodb} ms and EC2, SNS and
  CloudWatch in ${LEAST_MS.others} ms: no answer was let pass sooner, and what was later does not count. Other work on the machine
  makes the processor's time rather too long than too short.
- Lambda adds ${LAMBDA_LOG_BYTES} bytes of log to an invocation; X-Ray records ${TRACED * 100} % of them.
- \`reconcile\` runs every minute, also when there is nothing to do: ${usd(idling.sum)} a month.
- Not in it: CloudTrail and EventBridge (events of AWS services are free), children that are looked up in EC2, starts of
  cold functions, delivery of alerts by mail, \`sweep\` and \`archive\`, whose cost is that of the fleet, keys of KMS, the
  monthly price of alarms and metrics, and the 100 bytes that storage has on top of each item.

${markdown([['list price of', 'dollars'], ...Object.entries(PRICES).map(([name, price]) => [PRICED[name as keyof typeof PRICES], String(price)])])}

Sources: ${LIST.sources}.
`;
};

const rowOf = (run: Run): readonly string[] => [
  run.name,
  whole(run.resources),
  whole(run.writeUnits),
  whole(run.readUnits),
  ofFunctions(run, ({ invocations }) => whole(invocations)),
  ofFunctions(run, ({ processorSeconds }) => processorSeconds.toFixed(2)),
  ofFunctions(run, ({ waitingSeconds }) => waitingSeconds.toFixed(2)),
  listed(run.calls, whole),
];

const ofFunctions = ({ functions }: Run, shown: (took: Took) => string): string => listed(functions, shown);

const listed = <T>(all: Readonly<Record<string, T>>, shown: (one: T) => string): string =>
  Object.entries(all)
    .map(([name, one]) => `${name} ${shown(one)}`)
    .join(', ');

/** Rows as a table of Markdown; the first one is its head. */
const markdown = ([head = [], ...rows]: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const whole = (count: number): string => Math.round(count).toLocaleString('en-US');
const usd = (dollars: number): string => {
  if (dollars === 0) return '–';
  return dollars < 0.01 ? 'under $0.01' : `$${dollars.toFixed(2)}`;
};
