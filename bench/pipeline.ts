import { dynamodbStore } from '../src/adapters/dynamodb/event-store.ts';
import { dynamodbStateStore } from '../src/adapters/dynamodb/state-store.ts';
import { memoryStore } from '../src/adapters/memory/event-store.ts';
import { memoryStateStore } from '../src/adapters/memory/state-store.ts';
import type { PipelineStores } from '../src/embedded/ledger-pipeline.ts';
import { localPipeline } from '../src/embedded/pipeline.ts';
import { parseTagRules } from '../src/tagging/rules/tag-rules.ts';
import { fakeDynamoDBServer, LEDGER_TABLE, STATE_TABLE } from '../tests/support/fakes/dynamodb-server.ts';
import { pipelineStores } from '../tests/support/pipeline-stores.ts';
import { countedUnits } from './counted-units.ts';
import { FOUR_TAGS } from './four-tags.ts';
import { launches } from './launches.ts';

/**
 * The whole pipeline (front door, change feed, tagging, projection) over new instances that want equal tags:
 * calls of EC2, events a second in memory and over HTTP on the fake DynamoDB of the tests, and DynamoDB units
 * as the service counts them.
 * `npm run bench:pipeline [-- RESOURCES]`
 */
const RESOURCES = Number(process.argv[2] ?? 10_000);
const EACH = 20;
const CHUNK = 50;

const options = {
  // The figures are of one resource: an instance would bring its root volume.
  tagChildren: false,
  isMarked: false,
  rules: parseTagRules(FOUR_TAGS),
};

interface Run {
  readonly seconds: number;
  readonly events: number;
  /** Calls of CreateTags. */
  readonly calls: number;
}

const run = async (stores: PipelineStores): Promise<Run> => {
  const pipeline = localPipeline(stores, options);
  const records = launches(RESOURCES / EACH, EACH);
  const begin = performance.now();
  for (let i = 0; i < records.length; i += CHUNK) {
    await pipeline.request(records.slice(i, i + CHUNK), `chunk-${i}`);
    await pipeline.settle();
  }
  const seconds = (performance.now() - begin) / 1000;
  let events = 0;
  for await (const { event } of stores.store.readAll()) {
    events += 1;
    if (event.type === 'TagFailed') throw new Error(`a resource was not tagged: ${event.message}`);
  }
  if (events !== RESOURCES * 2) throw new Error(`got ${events} events, expected ${RESOURCES * 2}`);
  return { seconds, events, calls: pipeline.ec2Calls.createTags };
};

const inMemory = await run(pipelineStores(memoryStore(), memoryStateStore()));

const dynamodb = await fakeDynamoDBServer();
const { client, units } = countedUnits(dynamodb.client);
const onTables = await run(
  pipelineStores(dynamodbStore(client, LEDGER_TABLE), dynamodbStateStore(client, STATE_TABLE)),
);
const { write, read } = units;
await dynamodb.close();

const rate = ({ seconds, events }: { seconds: number; events: number }) => Math.round(events / seconds);
console.log(`resources                      ${RESOURCES}, ${EACH} to a RunInstances, equal tags`);
console.log(`CreateTags calls               ${inMemory.calls} (one per resource would be ${RESOURCES})`);
console.log(`events a second, in memory     ${rate(inMemory)}`);
console.log(`events a second, on the fake   ${rate(onTables)}`);
console.log(`  in memory / on the fake      ${(onTables.seconds / inMemory.seconds).toFixed(1)}`);
console.log(`write units per new resource   ${(write / RESOURCES).toFixed(2)} (two events and one row: 3)`);
console.log(`read units per new resource    ${(read / RESOURCES).toFixed(2)} (with the count at the end)`);
