import { readFileSync } from 'node:fs';
import type { DynamoDBRecord } from 'aws-lambda';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryStore } from '../../src/adapters/memory/event-store.ts';
import { embeddedAws } from '../../src/embedded/embedded-aws.ts';
import type { RecordedEvent } from '../../src/events/recorded-event.ts';
import { apply } from '../../src/handlers/apply/apply.ts';
import { parseTagRules } from '../../src/tagging/rules/tag-rules.ts';
import { anyFacts } from '../support/any-event.ts';
import { listOf } from '../support/async.ts';
import { appendAll, remembering, watched } from '../support/doubles.ts';
import { chain } from '../support/events.ts';
import { feedOf, MINUTE } from '../support/feed-records.ts';
import { lambdaRecord, tamperedRecord, unreadableRecord } from '../support/lambda-records.ts';
import { matches } from './event-pattern.ts';
import { template } from './template.ts';

const test = suite('the change feed of the template');

const RULES = parseTagRules('{"Owner":"{who.name}"}');
const MAPPING = 'AWS::Lambda::EventSourceMapping';

/** Whether the mapping of a function hands a record over, by the filter in the template. */
const passes = (name: 'Apply' | 'Project', record: DynamoDBRecord): boolean => {
  const { FilterCriteria } = template('ledger').the(MAPPING, `Ledger${name}Feed`);
  // Through JSON, as the stream's records are when Lambda looks at them.
  const seen = JSON.parse(JSON.stringify(record));
  return (
    FilterCriteria === undefined ||
    FilterCriteria.Filters.some(({ Pattern }: { Pattern: string }) => matches(JSON.parse(Pattern), seen))
  );
};

/** Everything that the example trail leaves in a ledger: also failures, for one kind of resource is denied. */
const ledgerOfTheTrail = async (): Promise<readonly RecordedEvent[]> => {
  const pipeline = await embeddedAws({
    rules: RULES,
    now: () => new Date('2026-04-01T12:00:00.000Z'),
    ec2: { denied: ({ id }) => id.startsWith('vol-') },
  });
  const lines = readFileSync(new URL('../../examples/trail/eventbridge.ndjson', import.meta.url), 'utf8');
  const inputs = lines
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  await pipeline.request(inputs, 'trail');
  await pipeline.settle();
  const events = await listOf(pipeline.store.readAll());
  pipeline.close();
  return events;
};

test('the filter of apply lets requests and observations through, of all that a day leaves in the ledger', async () => {
  const events = await ledgerOfTheTrail();
  const passed = (wanted: boolean) =>
    [
      ...new Set(
        events.filter((one) => passes('Apply', lambdaRecord(one)) === wanted).map(({ event }) => event.type),
      ),
    ].sort();
  assert.equal(passed(true), ['TagObserved', 'TagRequested']);
  assert.ok(passed(false).includes('TagApplied'), passed(false).join());
  assert.equal(
    passed(false).filter((type) => passed(true).includes(type)),
    [],
  );
});

test('project gets every record, also those that tell of a change or a removal, and apply gets none of these', async () => {
  const [first, second] = await ledgerOfTheTrail();
  if (!first || !second) throw new Error('the trail leaves two events at least');
  const records = [tamperedRecord(first), tamperedRecord(first, second), unreadableRecord(first, 0)];
  assert.equal(
    records.map((record) => passes('Project', record)),
    [true, true, true],
  );
  assert.equal(records.map((record) => passes('Apply', record)).slice(0, 2), [false, false]);
});

test('what the filter keeps from apply it would do nothing with', async () => {
  await fc.assert(
    fc.asyncProperty(anyFacts, async (facts) => {
      const events = chain(facts);
      const kept = events.filter((event) => !passes('Apply', lambdaRecord(event)));
      const store = watched(memoryStore());
      await appendAll(store, events);
      store.forgetCalls();
      let calls = 0;
      const run = apply({
        ledger: { store, eventFormat: 1 as const, now: () => new Date('2026-04-01T12:00:00.000Z') },
        ec2: () => ({ send: () => Promise.reject(new Error(`call ${++calls}`)) }),
        sleep: () => Promise.resolve(),
        telemetry: remembering().telemetry,
        childRules: RULES,
      });
      assert.equal(await run(feedOf(kept), MINUTE), new Set());
      assert.equal([calls, store.calls.append], [0, 0]);
    }),
    { numRuns: 60 },
  );
});

test('a batch that fails is halved, tried for half of the day that the stream keeps, and then told to the failure queue', () => {
  const mappings = template('ledger').of(MAPPING);
  const fed = mappings.filter(([, { Properties }]) => Properties.EventSourceArn === '<Ledger.StreamArn>');
  assert.equal(
    fed.map(([id]) => id),
    ['LedgerApplyFeed', 'LedgerProjectFeed'],
  );
  for (const [, { Properties }] of fed) {
    const { BatchSize, MaximumBatchingWindowInSeconds, FilterCriteria, FunctionName, ...same } = Properties;
    assert.equal(same, {
      EventSourceArn: '<Ledger.StreamArn>',
      StartingPosition: 'TRIM_HORIZON',
      ParallelizationFactor: 1,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 1_000,
      MaximumRecordAgeInSeconds: 43_200,
      DestinationConfig: { OnFailure: { Destination: '<LedgerFailures.Arn>' } },
      MetricsConfig: { Metrics: ['EventCount'] },
    });
    assert.ok(BatchSize <= 3_000 && MaximumBatchingWindowInSeconds <= 5);
  }
});

test('redrive is fed with the failure queue, switched off, and a message is out of sight for six times its timeout', () => {
  const { Enabled, EventSourceArn, FunctionResponseTypes } = template('ledger').the(
    MAPPING,
    'LedgerRedriveFeed',
  );
  assert.equal(
    [Enabled, EventSourceArn, FunctionResponseTypes],
    [false, '<LedgerFailures.Arn>', ['ReportBatchItemFailures']],
  );
  const { VisibilityTimeout, RedrivePolicy } = template('ledger').the('AWS::SQS::Queue', 'LedgerFailures');
  const { Timeout } = template('ledger').the('AWS::Lambda::Function', 'LedgerRedrive');
  assert.is(VisibilityTimeout, 6 * Timeout);
  assert.equal(RedrivePolicy, { deadLetterTargetArn: '<LedgerUnusable.Arn>', maxReceiveCount: 5 });
});

test.run();
