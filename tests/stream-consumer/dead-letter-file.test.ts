import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { embeddedAws } from '../../src/embedded/embedded-aws.ts';
import { openStores } from '../../src/embedded/embedded-stores.ts';
import { localPipeline } from '../../src/embedded/pipeline.ts';
import { parseDeadLetter } from '../../src/handlers/redrive/dead-letter.ts';
import { redrive } from '../../src/handlers/redrive/redrive.ts';
import type { StateStore } from '../../src/projections/state-store.ts';
import { QUIET } from '../../src/shared/telemetry.ts';
import { deadLetterFile } from '../../src/stream-consumer/dead-letter-file.ts';
import { parseTagRules } from '../../src/tagging/rules/tag-rules.ts';
import { listOf } from '../support/async.ts';
import { launch } from '../support/cloudtrail/trail.ts';
import { GONE } from '../support/doubles.ts';
import { chain, NOW, requested, streamOf } from '../support/events.ts';
import { feedOf } from '../support/feed-records.ts';
import { lambdaEventOf } from '../support/lambda-records.ts';

const test = suite('what the embedded consumers gave up');

const folders: string[] = [];
const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'tagledger-given-up-'));
  folders.push(folder);
  return folder;
};
test.after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

const now = () => NOW;
const fileIn = (folder: string) => join(folder, 'dropped.ndjson');
const eventsOf = (id: string) => chain([requested('r1')], streamOf(id));
const recordsOf = (id: string) => lambdaEventOf(eventsOf(id)).Records;

test('a batch is kept in the form of Lambda, with its records, for its owner only', () => {
  const folder = newFolder();
  const file = deadLetterFile(fileIn(folder), now);
  assert.equal(file.messages(), []);
  file.add('apply', recordsOf('i-01'), GONE);
  const [body = ''] = file.messages();
  assert.equal(parseDeadLetter({ id: 'm', body }), {
    kind: 'records',
    consumers: ['apply'],
    batch: feedOf(eventsOf('i-01')),
  });
  const { DDBStreamBatchInfo: info, requestContext } = JSON.parse(body);
  assert.equal([info.batchSize, info.approximateArrivalOfFirstRecord], [1, NOW.toISOString()]);
  assert.is(requestContext.condition, 'RetryAttemptsExhausted');
  assert.is(statSync(fileIn(folder)).mode & 0o777, 0o600);
});

test('what went through is forgotten, and nothing else, also nothing that was added meanwhile', () => {
  const folder = newFolder();
  const file = deadLetterFile(fileIn(folder), now);
  file.add('apply', recordsOf('i-01'), GONE);
  file.add('project', recordsOf('i-02'), undefined);
  const [first = '', second = ''] = file.messages();
  deadLetterFile(fileIn(folder), now).add('project', recordsOf('i-03'), undefined);
  file.forget(new Set([first]));
  const left = deadLetterFile(fileIn(folder), now).messages();
  assert.is(left.length, 2);
  assert.is(left[0], second);
});

test('a line that death cut off is left out, and does not spoil the next one', () => {
  const folder = newFolder();
  deadLetterFile(fileIn(folder), now).add('apply', recordsOf('i-01'), GONE);
  appendFileSync(fileIn(folder), '{"version":"1.0","time');
  const file = deadLetterFile(fileIn(folder), now);
  assert.is(file.messages().length, 1);
  file.add('apply', recordsOf('i-02'), GONE);
  for (const body of file.messages()) assert.is(parseDeadLetter({ id: 'm', body }).kind, 'records');
  assert.is(readFileSync(fileIn(folder), 'utf8').split('\n').length, 3);
});

test('what a consumer gives up outlives its process, and goes through when the fault is gone', async () => {
  const folder = newFolder();
  const options = { folder, rules: parseTagRules('{"Owner":"{who.name}"}'), tagChildren: false };
  const stores = await openStores(folder, now);
  const save: StateStore['save'] = (row) =>
    row.arn.endsWith('i-02') ? Promise.reject(GONE) : stores.states.save(row);
  const broken = localPipeline({ ...stores, states: { ...stores.states, save } }, options);
  await broken.request([launch(['i-01', 'i-02', 'i-03'])], 'one');
  await broken.settle();
  stores.close();
  assert.is(broken.dropped.length, 2);

  const mended = await embeddedAws(options);
  const { store, states } = mended;
  await mended.settle();
  assert.is((await listOf(states.list())).length, 2, 'the change feed has passed it');
  const messages = mended.deadLetters.messages().map((body, i) => ({ id: String(i), body }));
  const run = redrive({ request: mended.request, consumers: mended.consumers, store, telemetry: QUIET });
  const outcomes = await run(messages, () => Number.POSITIVE_INFINITY);
  assert.equal(
    outcomes.map(({ outcome }) => outcome),
    ['done', 'done'],
  );
  mended.deadLetters.forget(new Set(messages.slice(0, 1).map(({ body }) => body)));
  assert.equal(
    mended.deadLetters.messages(),
    messages.slice(1).map(({ body }) => body),
  );
  const rows = await states.get([streamOf('i-02')]);
  assert.equal(
    rows.map(({ status, resource }) => [status, resource.lastSeq]),
    [['applied', 2]],
  );
  mended.close();
});

test.run();
