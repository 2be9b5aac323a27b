import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryStore } from '../../src/adapters/memory/event-store.ts';
import { incidentsWith } from '../../src/cli/ledger/incidents.ts';
import { raiseAttempts } from '../../src/commands/raise-attempt.ts';
import { gapStream } from '../../src/commands/record-gap.ts';
import { recordTampering } from '../../src/commands/record-tampering.ts';
import { transact } from '../../src/commands/transact.ts';
import {
  isForeignType,
  kindOfStream,
  POLICY_STREAM,
  tamperStreamOf,
} from '../../src/events/ledger-stream.ts';
import { fold } from '../../src/events/resource.ts';
import type { ResourceArn } from '../../src/events/resource-arn.ts';
import type { TagRequested } from '../../src/events/tag-event.ts';
import { apply } from '../../src/handlers/apply/apply.ts';
import { request } from '../../src/intake/intake.ts';
import { InvalidInputError } from '../../src/shared/errors.ts';
import { parseTagRules } from '../../src/tagging/rules/tag-rules.ts';
import { checkEvents } from '../../src/verifier/check-events.ts';
import { rejectionOf } from '../support/async.ts';
import { launch, tagging, termination } from '../support/cloudtrail/trail.ts';
import { appendAll, remembering, tickingClock, typesByResource } from '../support/doubles.ts';
import { chain, observed, requested, STREAM, streamOf, tags } from '../support/events.ts';
import { DONE, feedOf, MINUTE } from '../support/feed-records.ts';

const test = suite('streams that are reserved for the ledger');

const RULES = parseTagRules('{"Owner":"{who.name}"}');
const GAP = gapStream(
  { account: '111122223333', region: 'eu-west-1' },
  { source: 'cloudtrail', id: 'event-1' },
);
const RESERVED = [
  POLICY_STREAM,
  tamperStreamOf(STREAM),
  GAP,
  'arn:aws:ec2:us-east-1:000000000000:tagledger-coverage/111122223333',
  'arn:aws:ec2:eu-west-1:111122223333:tagledger-policy/policies',
] as ResourceArn[];

const setUp = () => {
  const store = memoryStore();
  const seen = remembering();
  const ledger = {
    store,
    eventFormat: 1 as const,
    now: tickingClock('2026-04-01T12:00:00.000Z'),
    wait: async () => undefined,
  };
  const home = { account: '111122223333', region: 'eu-west-1' };
  const run = request({ ledger, rules: RULES, home, telemetry: seen.telemetry });
  return { ...seen, store, ledger, run: (input: unknown) => run(input, 'invocation 1') };
};

const refused = async (input: unknown): Promise<void> => {
  const { run, store } = setUp();
  const error = await rejectionOf(run(input));
  assert.instance(error, InvalidInputError);
  assert.match(String(error), /reserved for the ledger itself\. Name a resource of EC2\.$/);
  assert.equal(await typesByResource(store), {});
};

test('no direct call may name one', async () => {
  for (const resourceId of RESERVED) await refused({ resourceId, user: 'eve', tags: { Owner: 'eve' } });
});

test('no record of CloudTrail can name one: a type is known by its ids, and the account is none of ours', async () => {
  const masked = { recipientAccountId: '000000000000' };
  const ids = ['tagledger-policy/policies', 'tagledger-0abc', 'cloudtrail-gap/x', 'cloudtrail-gap-0abc'];
  const { run, store } = setUp();
  for (const id of ids) {
    await run(launch([id], masked));
    await run(termination([id], masked));
    await run(tagging(id, { Owner: 'eve' }, masked));
  }
  assert.equal(await typesByResource(store), {});
  // People put this account in the place of their own in records that they show.
  const [shown] = await run(launch(['i-0abc'], masked));
  assert.is(shown?.resource, 'arn:aws:ec2:eu-west-1:000000000000:instance/i-0abc');
});

test('no change of tags that EventBridge tells may name one', async () => {
  const event = (arn: string) => ({
    id: 'change-1',
    'detail-type': 'Tag Change on Resource',
    source: 'aws.tag',
    account: '111122223333',
    time: '2026-04-01T12:00:00Z',
    region: 'eu-west-1',
    resources: [arn],
    detail: {
      'changed-tag-keys': ['Owner'],
      service: 'ec2',
      'resource-type': 'instance',
      tags: { Owner: 'eve' },
    },
  });
  const { run, store } = setUp();
  for (const arn of RESERVED) {
    const [result] = await run(event(arn));
    assert.equal([result?.outcome, result?.why], ['skipped', 'no-id']);
  }
  assert.equal(await typesByResource(store), {});
});

test('of many inputs the one that names one is rejected alone', async () => {
  const { run } = setUp();
  const call = { resourceId: POLICY_STREAM, user: 'eve', tags: { Owner: 'eve' } };
  const outcomes = (await run([call, launch(['i-0abc'])])).map(({ outcome }) => outcome);
  assert.equal(outcomes, ['rejected', 'appended']);
});

test('no door writes an event where its type does not belong, because nothing is appended there', async () => {
  const incident = {
    id: 'x',
    at: '2026-04-01T12:00:00.000Z',
    how: 'verify',
    seqs: [1],
    what: 'hash',
  } as const;
  const tampering = recordTampering(STREAM, [{ ...incident, seqs: [1], expected: 'a', found: 'b' }]);
  for (const [stream, decide] of [
    ...RESERVED.map((reserved) => [reserved, () => [requested('r1')]] as const),
    [STREAM, tampering] as const,
    [POLICY_STREAM, tampering] as const,
    [GAP, tampering] as const,
  ]) {
    const { ledger, store } = setUp();
    const error = await rejectionOf(transact(ledger, stream, decide));
    assert.instance(error, InvalidInputError, stream);
    assert.match(String(error), /cannot be recorded in arn:/);
    assert.equal(await typesByResource(store), {});
  }
  const { ledger } = setUp();
  assert.is((await transact(ledger, tamperStreamOf(STREAM), tampering)).appended.length, 1);
});

test('names are reserved by their beginning, in every account, and names of people’s are not', () => {
  const kinds = RESERVED.map(kindOfStream);
  assert.equal(kinds, ['policy', 'tampering', 'gap', 'coverage', 'reserved']);
  assert.is(kindOfStream('arn:aws:ec2:eu-west-1:111122223333:key-pair/tagledger-policy'), 'resource');
});

/** What earlier versions let a caller write into a stream, with a birth, and an attempt that is long overdue. */
const legacy = (stream: ResourceArn) =>
  chain([requested('r1', { tags: tags('Team=eve'), birth: { tags: [] } }), observed('o1')], stream);

test('what earlier versions recorded there is read, and is no tampering', async () => {
  const { store } = setUp();
  await appendAll(store, legacy(tamperStreamOf(STREAM)));
  assert.is((await store.read(tamperStreamOf(STREAM))).length, 2);
  assert.equal(await incidentsWith(store, STREAM), []);
});

test('what earlier versions recorded there calls nobody, and holds up nothing', async () => {
  for (const stream of RESERVED) {
    const { ledger, store, telemetry } = setUp();
    await appendAll(store, legacy(stream));
    const ec2 = () => {
      throw new Error('EC2 was asked for');
    };
    const applying = apply({ ledger, ec2, sleep: async () => undefined, telemetry, childRules: RULES });
    assert.equal(await applying(feedOf(legacy(stream)), MINUTE), DONE);
    const first = legacy(stream).flatMap(({ event }) => (event.type === 'TagRequested' ? [event] : []));
    const overdue = { now: new Date('2027-01-01T00:00:00.000Z'), stuckAfterMs: 1, attempts: 5 };
    const raise = (of: ResourceArn) => raiseAttempts(of, first as TagRequested[], overdue)(fold(legacy(of)));
    assert.equal(raise(stream), []);
    assert.is(raise(streamOf('i-0abc')).length, 1);
    assert.is((await store.read(stream)).length, 2);
  }
});

test('verify names events that do not belong in a stream of the ledger’s own, and no others', async () => {
  const kindsIn = (stream: ResourceArn) => {
    const check = checkEvents();
    const found = legacy(stream).flatMap(({ event: { type, eventId, effectiveAt }, ...columns }) =>
      check.add({ ...columns, type, eventId, effectiveAt }),
    );
    return [...found, ...check.end()].map(({ kind, seq }) => [kind, seq]);
  };
  const both = [
    ['event-type', 1],
    ['event-type', 2],
  ];
  for (const stream of RESERVED) assert.equal(kindsIn(stream), both, stream);
  assert.equal(kindsIn(STREAM), []);
  assert.not(isForeignType(POLICY_STREAM, 'PolicyRecorded'));
  assert.not(isForeignType(POLICY_STREAM, 'OfALaterVersion'));
});

test.run();
