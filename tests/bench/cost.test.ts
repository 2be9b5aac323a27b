import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as v from 'valibot';
import { costText } from '../../bench/cost/cost-text.ts';
import { MeasurementSchema } from '../../bench/cost/measurement.ts';
import { NAMES, setUpOf } from '../../bench/cost/set-up.ts';
import { countedUnits } from '../../bench/counted-units.ts';
import { FOUR_TAGS } from '../../bench/four-tags.ts';
import { launches } from '../../bench/launches.ts';
import { dynamodbStore } from '../../src/adapters/dynamodb/event-store.ts';
import { dynamodbStateStore } from '../../src/adapters/dynamodb/state-store.ts';
import { localPipeline } from '../../src/embedded/pipeline.ts';
import { parseTagRules } from '../../src/tagging/rules/tag-rules.ts';
import { fakeDynamoDBServer, LEDGER_TABLE, STATE_TABLE } from '../support/fakes/dynamodb-server.ts';
import { pipelineStores } from '../support/pipeline-stores.ts';

const test = suite('bench/cost.md');
const AGAIN = 'run `npm run bench:cost` and commit what it writes';

const measurement = v.parse(MeasurementSchema, JSON.parse(readFileSync('bench/cost/measured.json', 'utf8')));

test('is what the measurement and the list prices give', () => {
  const committed = readFileSync('bench/cost.md', 'utf8');
  assert.is(
    committed,
    costText(measurement),
    'run `npm run bench:cost -- --again` and commit what it writes',
  );
});

test('was measured with the functions as they are deployed', () => {
  for (const name of NAMES) {
    const { peakMb, ...measured } = measurement.functions[name] ?? { peakMb: Number.NaN };
    assert.equal(measured, setUpOf(name), `${name} has changed: ${AGAIN}`);
    assert.ok(peakMb < setUpOf(name).memoryMb, `${name} held ${peakMb} MB, which is more than it has`);
  }
});

test('counts the units and the calls of EC2 that a launch takes today', async () => {
  const EACH = 20;
  const dynamodb = await fakeDynamoDBServer();
  const { client, units } = countedUnits(dynamodb.client);
  const pipeline = localPipeline(
    pipelineStores(dynamodbStore(client, LEDGER_TABLE), dynamodbStateStore(client, STATE_TABLE)),
    { rules: parseTagRules(FOUR_TAGS), tagChildren: false, isMarked: false },
  );
  await pipeline.request(launches(1, EACH), 'a launch');
  await pipeline.settle();
  const run = measurement.runs.find(({ name }) => name === 'launches of 20');
  const of = (count: number | undefined) => ((count ?? Number.NaN) / (run?.resources ?? 1)) * EACH;
  const today = { ...units, tagCalls: pipeline.ec2Calls.createTags };
  await dynamodb.close();
  assert.equal(
    today,
    { write: of(run?.writeUnits), read: of(run?.readUnits), tagCalls: of(run?.calls['ec2:CreateTags']) },
    AGAIN,
  );
});

test.run();
