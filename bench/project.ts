import { memoryCoordinationStore } from '../src/adapters/memory/coordination-store.ts';
import { memoryStore } from '../src/adapters/memory/event-store.ts';
import { memoryObjectStore } from '../src/adapters/memory/object-store.ts';
import { memoryStateStore } from '../src/adapters/memory/state-store.ts';
import { simulatedCloudWatch } from '../src/embedded/simulated-aws/cloudwatch.ts';
import { simulatedSns } from '../src/embedded/simulated-aws/sns.ts';
import { record } from '../src/events/recorded-event.ts';
import { arnOf } from '../src/events/resource-arn.ts';
import { eventIdOf, type TagEvent } from '../src/events/tag-event.ts';
import { projectConsumer } from '../src/handlers/project/consumer.ts';
import { lambdaFeed } from '../src/handlers/runtime/lambda-feed.ts';
import { QUIET } from '../src/shared/telemetry.ts';
import { insertRecord } from '../src/stream-consumer/dead-letter-record.ts';

/**
 * Events a second through the whole `project` function, from Lambda's batch to its answer: over memory, with an archive
 * and a sealer, and without failures. `npm run bench:project [-- EVENTS [BATCH]]`
 */
const EVENTS = Number(process.argv[2] ?? 40_000);
const BATCH = Number(process.argv[3] ?? 1_000);

const NOW = new Date('2026-03-31T20:00:00.000Z');
const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:tagledger-alerts';

/** A request and its outcome, in the ledger's form, for each of so many resources. */
const eventsOf = (resources: number) =>
  Array.from({ length: resources }, (_, n) => {
    const id = `i-${n.toString(16).padStart(17, '0')}`;
    const stream = arnOf({ region: 'eu-west-1', account: '111122223333', type: 'instance', id });
    const tags = [
      { key: 'CostCenter', value: '4711' },
      { key: 'Owner', value: `person.${n % 997}@example.com` },
    ];
    const request = eventIdOf('ask', stream, '0');
    const asked: TagEvent = {
      type: 'TagRequested',
      eventId: request,
      effectiveAt: NOW.toISOString(),
      cause: { source: 'cloudtrail', id: `7f3c1c55-0d1e-4f5c-9a51-${n}`, name: 'RunInstances' },
      who: { name: `person.${n % 997}@example.com`, kind: 'IAMUser' },
      tags,
      attempt: 1,
    };
    const applied: TagEvent = {
      type: 'TagApplied',
      eventId: eventIdOf('applied', stream, '0'),
      effectiveAt: NOW.toISOString(),
      request,
      attempt: 1,
      tags,
    };
    const first = record(stream, asked, undefined, NOW);
    return [first, record(stream, applied, first, NOW)];
  }).flat();

const newFunction = () => {
  const clock = { now: () => NOW.getTime() };
  return lambdaFeed(
    projectConsumer({
      store: memoryStore(),
      states: memoryStateStore(),
      eventFormat: 1,
      archived: memoryObjectStore(),
      coordination: memoryCoordinationStore(),
      sns: simulatedSns({ topics: [TOPIC], ...clock }),
      topicArn: TOPIC,
      cloudwatch: simulatedCloudWatch(clock),
      now: () => NOW,
      telemetry: QUIET,
      quietMs: 900_000,
      sealing: true,
    }),
  );
};

const records = eventsOf(EVENTS / 2).map((recorded, position) => insertRecord({ recorded, position }));
const batches: string[] = [];
for (let i = 0; i < records.length; i += BATCH) {
  batches.push(JSON.stringify({ Records: records.slice(i, i + BATCH) }));
}

/** Parsing Lambda's JSON is the runtime's work, so it is not in the time. */
const round = async (): Promise<number> => {
  const run = newFunction();
  let ms = 0;
  for (const text of batches) {
    const batch = JSON.parse(text);
    const begin = performance.now();
    const { batchItemFailures } = await run(batch, () => 60_000);
    ms += performance.now() - begin;
    if (batchItemFailures.length > 0) throw new Error('a batch was not handled');
  }
  return EVENTS / (ms / 1_000);
};

await round();
const rates: number[] = [];
for (let i = 0; i < 3; i++) rates.push(await round());
const [, median = 0] = rates.sort((a, b) => a - b);
console.log(`project, batches of ${BATCH}: ${Math.round(median).toLocaleString('en-US')} events/s`);
