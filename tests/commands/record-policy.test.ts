import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type NewPolicy, recordPolicy } from '../../src/commands/record-policy.ts';
import { MAX_BODY_BYTES } from '../../src/events/event-store.ts';
import { POLICY_STREAM } from '../../src/events/ledger-stream.ts';
import { record } from '../../src/events/recorded-event.ts';
import { UNKNOWN } from '../../src/events/resource.ts';
import { eventIdOf, type PolicyRecorded } from '../../src/events/tag-event.ts';
import { ADA, at } from '../support/events.ts';
import { given } from '../support/given.ts';

const test = suite('record a policy');

const asked = (policy: string, minute: number): NewPolicy => ({
  policy,
  files: [
    { name: 'root.json', text: '{"tags":{}}' },
    { name: 'second.json', text: '{"tags":{}}', beside: true },
  ],
  who: ADA,
  effectiveAt: at(minute),
});
const fact = (policy: string, minute: number): PolicyRecorded => ({
  type: 'PolicyRecorded',
  eventId: eventIdOf('policy', POLICY_STREAM, `${policy} ${at(minute)}`),
  cause: { source: 'direct', id: policy, name: 'policy record' },
  ...asked(policy, minute),
});

test('a policy is recorded with its files, and not again while it is in force', () => {
  given(POLICY_STREAM)
    .when(recordPolicy(asked('a', 1)))
    .yields(fact('a', 1));
  given(POLICY_STREAM, fact('a', 1))
    .when(recordPolicy(asked('a', 5)))
    .yields();
});

test('a policy that others have taken the place of comes into force again', () => {
  given(POLICY_STREAM, fact('a', 1), fact('b', 2))
    .when(recordPolicy(asked('a', 5)))
    .yields(fact('a', 5));
});

test('a policy that was in force earlier than the ledger knew is recorded, once', () => {
  given(POLICY_STREAM, fact('a', 3))
    .when(recordPolicy(asked('a', 1)))
    .yields(fact('a', 1));
  given(POLICY_STREAM, fact('a', 3))
    .when(recordPolicy(asked('b', 1)))
    .yields(fact('b', 1));
});

test('a policy that does not fit into an event is refused before anything is decided', () => {
  const big = (bytes: number) =>
    recordPolicy({ ...asked('a', 1), files: [{ name: 'big.json', text: 'x'.repeat(bytes) }] });
  assert.throws(() => big(349_000), /^The policy has 3490\d\d bytes, and an event holds at most 348160\. /);
  const [event] = big(340_000)(UNKNOWN, []);
  assert.ok(event);
  const { body } = record(POLICY_STREAM, event, undefined, new Date(at(9)));
  assert.ok(Buffer.byteLength(body) <= MAX_BODY_BYTES);
});

test.run();
