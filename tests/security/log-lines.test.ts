import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DescribeVolumesCommand } from '@aws-sdk/client-ec2';
import type { Context } from 'aws-lambda';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { toItem } from '../../src/adapters/dynamodb/ledger-item.ts';
import { memoryCoordinationStore } from '../../src/adapters/memory/coordination-store.ts';
import { memoryStore } from '../../src/adapters/memory/event-store.ts';

import { memoryStateStore } from '../../src/adapters/memory/state-store.ts';
import { simulatedCloudWatch } from '../../src/embedded/simulated-aws/cloudwatch.ts';
import { childrenOf } from '../../src/embedded/simulated-aws/ec2/children.ts';
import { simulatedEc2 } from '../../src/embedded/simulated-aws/ec2/ec2.ts';
import { ec2Error } from '../../src/embedded/simulated-aws/ec2/error.ts';
import { simulatedSns } from '../../src/embedded/simulated-aws/sns.ts';
import { virtualClock } from '../../src/embedded/simulated-aws/virtual-clock.ts';
import { SeqConflictError } from '../../src/events/event-store.ts';
import type { RecordedEvent } from '../../src/events/recorded-event.ts';
import { fold } from '../../src/events/resource.ts';
import { parseArn } from '../../src/events/resource-arn.ts';
import { apply } from '../../src/handlers/apply/apply.ts';
import { keep } from '../../src/handlers/archive/archive.ts';
import { alertFailures } from '../../src/handlers/project/alert-failures.ts';
import { alertTampering } from '../../src/handlers/project/alert-tampering.ts';
import { project } from '../../src/handlers/project/project.ts';
import { quarantine } from '../../src/handlers/project/quarantine.ts';
import { reconcile } from '../../src/handlers/reconcile/reconcile.ts';
import { powertools } from '../../src/handlers/runtime/powertools.ts';
import { safeError } from '../../src/handlers/runtime/safe-error.ts';
import { seal } from '../../src/handlers/seal/seal.ts';
import { sweep } from '../../src/handlers/sweep/sweep.ts';
import { request } from '../../src/intake/intake.ts';
import { rowOf } from '../../src/projections/state-row.ts';
import { DEFAULT_RETRY } from '../../src/tagging/retry-policy.ts';
import { parseTagRules } from '../../src/tagging/rules/tag-rules.ts';
import { memoryArchive } from '../support/archive.ts';
import { listOf, rejectionOf } from '../support/async.ts';
import { launch, tagging, termination } from '../support/cloudtrail/trail.ts';
import { GONE, remembering, tickingClock, watched } from '../support/doubles.ts';
import { chain, requested, STREAM, tags } from '../support/events.ts';
import { batchOf, feedOf, MINUTE, tampered, unreadable } from '../support/feed-records.ts';
import { worldOf } from '../support/sealing/world.ts';
import { allOf } from './canaries.ts';
import { written } from './written.ts';

const test = suite('log lines');

const PRIVATE = 'salary-band-7';
const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:tagledger-alerts';
const DENIED = ec2Error({ code: 'UnauthorizedOperation', message: 'You are not authorized.' }, 'r');

test('supports evidence for CC6.7: no handler logs a tag value, in good times or bad', async () => {
  const { telemetry, lines } = remembering();
  const base = tickingClock('2026-04-01T12:00:00.000Z');
  const clock = virtualClock(() => base().getTime());
  const store = watched(memoryStore());
  const states = memoryStateStore();
  const ledger = { store, eventFormat: 1 as const, now: base, wait: async () => undefined };
  const failing = { sns: false, states: false, looks: false };
  const ec2 = simulatedEc2({
    now: clock.now,
    denied: ({ id }) => id === 'i-02',
    fault: (command) => (failing.looks && command instanceof DescribeVolumesCommand ? DENIED : undefined),
  });
  const sns = simulatedSns({ fault: () => (failing.sns ? GONE : undefined) });
  const cloudwatch = simulatedCloudWatch({ now: clock.now, fault: () => GONE });
  const asking = request({ ledger, rules: parseTagRules(`{"Band":"${PRIVATE}"}`), telemetry });
  const childRules = parseTagRules(`{"Band":"${PRIVATE}"}`);
  const newApply = () => apply({ ledger, ec2: ec2.client, sleep: clock.sleep, telemetry, childRules });
  const applying = newApply();
  const telling = {
    coordination: memoryCoordinationStore(),
    sns,
    topicArn: 'arn:aws:sns:eu-west-1:111122223333:t',
    now: base,
    telemetry,
    quietMs: 60_000,
  };
  const projecting = project({
    store,
    states: { ...states, save: async (row) => (failing.states ? Promise.reject(GONE) : states.save(row)) },
    setAside: quarantine(telling),
    now: base,
    telemetry,
  });
  const sounding = alertTampering({ ...telling, store, eventFormat: 1 });
  const alerting = alertFailures({ ...telling, cloudwatch });

  const inputs = [
    launch(['i-01', 'i-02', 'i-03']),
    // The id that it has unless told is made of the tags; those of CloudTrail are random.
    tagging('i-01', { Name: PRIVATE }, { eventID: 'a tagging' }),
    termination(['i-03']),
    null,
  ];
  await asking(inputs, 'one');
  const events = await listOf(store.readAll());
  for (const { stream, event } of events) {
    ec2.create({ ...parseArn(stream), at: Date.parse(event.effectiveAt) });
    for (const { identity } of childrenOf(parseArn(stream), undefined)) {
      await ec2.setTags(identity, tags(`Other=${PRIVATE}`));
    }
  }
  for (const appendFails of [true, false]) {
    store.failAppend = appendFails ? () => GONE : undefined;
    await applying(feedOf(events), MINUTE);
  }
  failing.looks = true;
  await newApply()(feedOf(events), MINUTE);
  const all = await listOf(store.readAll());
  const [first] = all as [RecordedEvent];
  const bad = [unreadable(first), tampered(first, first)];
  for (const fails of [true, false]) {
    Object.assign(failing, { sns: fails, states: fails });
    await projecting(batchOf(...all.map((recorded) => ({ recorded })), ...bad), MINUTE);
    await sounding(batchOf(...bad), MINUTE);
    await alerting(feedOf(all), MINUTE);
  }
  await applying(batchOf(...bad), MINUTE);

  assert.equal([...new Set(lines.map(({ message }) => message))].sort(), [
    'a child could not be recorded',
    'a resource could not be projected',
    'an alert could not be sent',
    'an event of the ledger was changed or removed',
    'children could not be looked up',
    'children found',
    'failures could not be counted in CloudWatch',
    'input handled',
    'states projected',
    'tags applied',
    'the outcome could not be recorded',
    'unreadable record in the change feed',
  ]);
  assert.not.match(allOf(lines), PRIVATE);
});

test('supports evidence for CC6.7: what runs on a schedule logs no tag value, in good times or bad', async () => {
  const { telemetry, lines } = remembering();
  const { coordination, objects, signer, name, newId, now } = worldOf();
  const store = watched(memoryStore());
  const states = memoryStateStore();
  const bandOf = (text: string) => ({ tags: tags(`Band=${text}`) });
  const waits = chain([requested('r1', { ...bandOf(PRIVATE), birth: bandOf(PRIVATE) })]);
  for (const event of waits) await store.append(event);
  await states.save(rowOf(STREAM, fold(waits)));
  const ec2 = simulatedEc2({ now: () => now().getTime() });
  ec2.create({ ...parseArn(STREAM), at: 0 });
  await ec2.setTags(parseArn(STREAM), tags(`Other=${PRIVATE}`));
  const sns = simulatedSns({ topics: [TOPIC] });
  const ledger = { store, eventFormat: 1 as const, now, wait: async () => undefined };
  const deps = { ledger, states, coordination, telemetry };
  const healing = { rules: parseTagRules(`{"Band":"${PRIVATE}"}`), limit: 3 };
  const sweeping = sweep({ ...deps, ec2: ec2.client, sleep: async () => {}, healing });
  const reconciling = reconcile({ ...deps, policy: DEFAULT_RETRY, limit: 10 });
  const sealing = seal({
    coordination,
    objects,
    signer,
    name,
    newId,
    now,
    store,
    sns,
    topicArn: TOPIC,
    telemetry,
  });
  const keeping = keep({ objects: memoryArchive(), store, now, telemetry });
  for (const fails of [true, false]) {
    store.failRead = fails ? () => lostRace() : undefined;
    store.failAppend = fails ? () => lostRace() : undefined;
    await sweeping(`sweep ${fails}`, () => 600_000);
    await reconciling(() => 600_000);
    await sealing({ compare: true }, () => 600_000).catch((error) =>
      telemetry.error('seal', { error: safeError(error) }),
    );
    await keeping(() => 600_000);
  }
  assert.equal([...new Set(lines.map(({ message }) => message))].sort(), [
    'a resource could not be reconciled',
    'a resource could not be swept',
    'archive kept',
    'attempts raised',
    'reconciled',
    'sealed',
    'swept',
  ]);
  // Errors pass through `loggable` before they are written: see below.
  const written = lines.map(({ fields: { error, ...fields } }) => [fields, error && safeError(error)]);
  assert.not.match(allOf(written), PRIVATE);
});

/** A lost race as DynamoDB tells of it: with the item that won, whose body holds tag values. */
const lostRace = (): SeqConflictError => {
  const [winner] = chain([requested('r1', { tags: tags(`Band=${PRIVATE}`) })]) as [RecordedEvent];
  const cause = new ConditionalCheckFailedException({
    message: 'The conditional request failed',
    $metadata: { requestId: 'ABC123' },
    Item: toItem(winner),
  });
  return new SeqConflictError(winner, { cause });
};

test('supports evidence for CC6.7: what Powertools writes of an error has neither its members nor its causes’', async () => {
  const { telemetry } = powertools('test');
  const text = await written(() => {
    telemetry.error('the outcome could not be recorded', { error: lostRace(), stream: STREAM });
    telemetry.error('the outcome could not be recorded', { error: lostRace().cause, stream: STREAM });
  });
  const [first, second] = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.is(first.message, 'the outcome could not be recorded');
  assert.is(first.stream, STREAM);
  assert.match(first.error.message, 'Another event is at 1');
  assert.equal(
    [first.error.name, first.error.causes],
    ['SeqConflictError', ['ConditionalCheckFailedException']],
  );
  assert.is(second.error.awsRequestId, 'ABC123');
  assert.not.match(text, PRIVATE);
});

test('supports evidence for CC6.7: an invocation that fails is logged without what the error carries, and rejects', async () => {
  const { observed } = powertools('test');
  const error = lostRace();
  const context = { functionName: 'test', awsRequestId: 'request 1' } as Context;
  const handler = observed(async () => Promise.reject(error));
  const text = await written(async () => assert.is(await rejectionOf(handler({}, context)), error));
  assert.match(text, 'the invocation failed');
  assert.match(text, 'request 1');
  assert.not.match(text, PRIVATE);
});

test.run();
