import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryStore } from '../../src/adapters/memory/event-store.ts';
import { currentTags, fold } from '../../src/events/resource.ts';
import { request } from '../../src/intake/intake.ts';
import { InvalidInputError } from '../../src/shared/errors.ts';
import { parseTagRules } from '../../src/tagging/rules/tag-rules.ts';
import { rejectionOf } from '../support/async.ts';
import { envelope, launch, tagging, termination } from '../support/cloudtrail/trail.ts';
import { remembering, tickingClock, watched } from '../support/doubles.ts';
import { streamOf, tags } from '../support/events.ts';

const test = suite('request, by every door');

/** The handler over an empty ledger, whose rules want Owner to be who made the resource. */
const setUp = () => {
  const store = watched(memoryStore());
  const ledger = {
    store,
    eventFormat: 1 as const,
    now: tickingClock('2026-04-01T12:00:00.000Z'),
    wait: async () => undefined,
  };
  const handle = request({
    ledger,
    rules: parseTagRules('{"Owner":"{who.name}"}'),
    telemetry: remembering().telemetry,
  });
  return {
    store,
    run: (input: unknown) => handle(input, 'invocation 1'),
    typesOf: async (id: string) => (await store.read(streamOf(id))).map(({ event }) => event.type),
    tagsOf: async (id: string) => currentTags(fold(await store.read(streamOf(id)))),
  };
};

const json = JSON.stringify;
const record = launch(['i-0abc']);
const notification = { Type: 'Notification', Message: json(envelope(record)) };

const DOORS: readonly (readonly [door: string, input: unknown])[] = [
  ['a bare record', record],
  ['EventBridge', envelope(record)],
  ['a log file', { Records: [record] }],
  ['LookupEvents', { Events: [{ CloudTrailEvent: json(record) }] }],
  ['one event of LookupEvents', { CloudTrailEvent: json(record) }],
  ['SNS', { Records: [{ EventSource: 'aws:sns', Sns: { Message: json(envelope(record)) } }] }],
  ['SNS over HTTP', notification],
  ['SQS', { Records: [{ eventSource: 'aws:sqs', body: json(envelope(record)) }] }],
  ['SNS in SQS', { Records: [{ eventSource: 'aws:sqs', body: json(notification) }] }],
];

test('one record that comes by every door is one event', async () => {
  const { run, typesOf } = setUp();
  for (const [i, [door, input]] of DOORS.entries()) {
    const outcomes = (await run(input)).map(({ input: n, outcome }) => [n, outcome]);
    assert.equal(outcomes, [[0, i === 0 ? 'appended' : 'already-there']], door);
  }
  assert.equal(await typesOf('i-0abc'), ['TagRequested']);
});

test('the records of one input keep their order, and answer for that input', async () => {
  const { run, typesOf } = setUp();
  const file = { Records: [record, tagging('i-0abc', { Owner: 'bob' }), termination(['i-0abc'])] };
  const results = await run([file, launch(['i-0def'])]);
  assert.equal(
    results.map(({ input, event }) => [input, event]),
    [
      [0, 'TagRequested'],
      [0, 'TagObserved'],
      [0, 'ResourceRetired'],
      [1, 'TagRequested'],
    ],
  );
  assert.equal(await typesOf('i-0abc'), ['TagRequested', 'TagObserved', 'ResourceRetired']);
});

test('an empty log file asks for nothing', async () => {
  assert.equal(await setUp().run({ Records: [] }), []);
});

test('an input with one thing that is no record is refused as a whole, with its place', async () => {
  const world = setUp();
  const error = await rejectionOf(world.run({ Records: [record, { eventName: 'X' }, record] }));
  assert.instance(error, InvalidInputError);
  assert.match(
    (error as Error).message,
    /^Record 2 of 3: This is not a CloudTrail record: it has no eventSource\. /,
  );
  assert.is(world.store.calls.append, 0);
});

test('a direct call in a wrapper is refused: whoever may write to a queue is not thereby a caller', async () => {
  const call = { resourceId: 'i-0abc', user: 'ana' };
  for (const input of [{ Records: [call] }, { Records: [{ eventSource: 'aws:sqs', body: json(call) }] }]) {
    assert.instance(await rejectionOf(setUp().run(input)), InvalidInputError);
  }
});

test('one act that two accounts report of the same resource is one event', async () => {
  const { run, typesOf } = setUp();
  const reported = (eventID: string) => launch(['i-0abc'], { eventID, sharedEventID: 'shared' });
  const results = await run([reported('a'), reported('b')]);
  assert.equal(
    results.map(({ outcome, cause }) => [outcome, cause]),
    [
      ['appended', 'shared'],
      ['already-there', 'shared'],
    ],
  );
  assert.equal(await typesOf('i-0abc'), ['TagRequested']);
});

test('one act that two accounts report of resources of their own is an event for each', async () => {
  const { run, store } = setUp();
  const reported = (recipientAccountId: string) =>
    termination(['i-0abc'], { eventID: recipientAccountId, recipientAccountId, sharedEventID: 'shared' });
  await run([reported('111122223333'), reported('444455556666')]);
  assert.is(store.calls.append, 2);
});

test('a record that CloudTrail cut is a gap, by every door once', async () => {
  const { run, store } = setUp();
  const cut = launch([], { eventID: 'cut-1', responseElements: { omitted: true } });
  const [found] = await run(cut);
  assert.equal([found?.outcome, found?.event, found?.seq], ['appended', 'GapFound', 1]);
  assert.is(found?.resource, 'arn:aws:ec2:eu-west-1:111122223333:cloudtrail-gap/cut-1');
  const [again] = await run({ Records: [cut] });
  assert.is(again?.outcome, 'already-there');
  const [gap] = await store.read(found?.resource as Parameters<typeof store.read>[0]);
  assert.match(gap?.event.type === 'GapFound' ? gap.event.reason : '', /left out responseElements of Run/);
});

/** `Tag Change on Resource` of i-0abc: these keys changed, and these are all its tags now. */
const notice = (keys: readonly string[], now: Readonly<Record<string, string>>, over: object = {}) => ({
  ...envelope({ 'changed-tag-keys': keys, service: 'ec2', 'resource-type': 'instance', tags: now }),
  id: `notice of ${keys.join()} ${json(now)}`,
  'detail-type': 'Tag Change on Resource',
  source: 'aws.tag',
  time: '2026-04-01T08:00:01Z',
  resources: [streamOf('i-0abc')],
  ...over,
});

test('a change that only EventBridge reports is observed, once', async () => {
  const { run, typesOf, tagsOf } = setUp();
  const input = notice(['Owner'], { Owner: 'bob', Name: 'web' });
  assert.equal(
    (await run(input)).map(({ outcome, name }) => [outcome, name]),
    [['appended', 'Tag Change on Resource']],
  );
  assert.equal(
    (await run({ Records: [{ eventSource: 'aws:sqs', body: json(input) }] })).map(({ outcome }) => outcome),
    ['already-there'],
  );
  assert.equal(await typesOf('i-0abc'), ['TagObserved']);
  assert.equal(await tagsOf('i-0abc'), tags('Owner=bob'));
});

test('a change that CloudTrail reported already is recorded as well, once', async () => {
  const { run, typesOf } = setUp();
  await run(tagging('i-0abc', { Owner: 'bob' }));
  for (const outcome of ['appended', 'already-there']) {
    const results = await run(notice(['Owner'], { Owner: 'bob' }));
    assert.equal(
      results.map((one) => one.outcome),
      [outcome],
    );
  }
  assert.equal(await typesOf('i-0abc'), ['TagObserved', 'TagObserved']);
});

test('a change that CloudTrail reports later has its name then', async () => {
  const { run, store } = setUp();
  await run([notice(['Owner'], { Owner: 'bob' }), tagging('i-0abc', { Owner: 'bob' })]);
  const events = (await store.read(streamOf('i-0abc'))).map(({ event }) => event);
  assert.equal(
    events.map((event) => event.type === 'TagObserved' && event.who?.name),
    ['unknown', 'ada'],
  );
});

test('a removal that only EventBridge reports is observed, each event once', async () => {
  const { run, typesOf, tagsOf } = setUp();
  const [told, again] = [notice(['Owner'], {}), notice(['Owner'], {}, { id: '2' })];
  await run([tagging('i-0abc', { Owner: 'bob' }), told, told, again]);
  assert.equal(await typesOf('i-0abc'), ['TagObserved', 'TagObserved', 'TagObserved']);
  assert.equal(await tagsOf('i-0abc'), []);
});

test('the tag that tagledger itself is setting is no news, and its request stays open', async () => {
  const { run, store, typesOf } = setUp();
  await run([record, notice(['Owner'], { Owner: 'ada' })]);
  assert.equal(await typesOf('i-0abc'), ['TagRequested']);
  const { requests } = fold(await store.read(streamOf('i-0abc')));
  assert.equal(
    requests.map(({ status }) => status),
    ['open'],
  );
});

test('a value that a person set while a request waits is news', async () => {
  const { run, typesOf } = setUp();
  await run([record, notice(['Owner'], { Owner: 'bob' })]);
  assert.equal(await typesOf('i-0abc'), ['TagRequested', 'TagObserved']);
});

test('a change of another service is skipped, with the reason', async () => {
  const input = notice(['Owner'], {});
  const [result] = await setUp().run({ ...input, detail: { ...(input.detail as object), service: 's3' } });
  assert.equal([result?.outcome, result?.why], ['skipped', 'not-ec2']);
});

test.run();
