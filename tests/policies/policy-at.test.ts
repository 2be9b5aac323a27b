import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryStore } from '../../src/adapters/memory/event-store.ts';
import { isLedgerStream, POLICY_STREAM, tamperStreamOf } from '../../src/events/ledger-stream.ts';
import { type RecordedEvent, record } from '../../src/events/recorded-event.ts';
import { fold } from '../../src/events/resource.ts';
import { policyAt } from '../../src/policies/policy-at.ts';
import { foldLedger } from '../../src/projections/fold-ledger.ts';
import { ledgerFleet } from '../../src/projections/ledger-fleet.ts';
import { resourceAt } from '../../src/projections/resource-at.ts';
import { flatListOf, listOf } from '../support/async.ts';
import { at, NOW, observed, policyRecorded, STREAM, tamperDetected } from '../support/events.ts';

const test = suite('the policy in force at a moment');

const history = (...facts: readonly [recordedAt: string, policy: string, effectiveAt: string][]) => {
  const events: RecordedEvent[] = [];
  for (const [recordedAt, policy, effectiveAt] of facts) {
    const fact = policyRecorded(`${policy} ${effectiveAt}`, effectiveAt, { policy });
    events.push(record(POLICY_STREAM, fact, events.at(-1), new Date(recordedAt)));
  }
  return events;
};

/** `b` was put into force at 20; later somebody recorded that `c` had been from 10 on. */
const events = history([at(1), 'a', at(0)], [at(20), 'b', at(20)], [at(30), 'c', at(10)]);
const inForce = (asOf: string, knownAt: string) => policyAt(events, { asOf, knownAt })?.event.policy;

test('it is the last one whose time had come', () => {
  assert.is(inForce(at(5), at(99)), 'a');
  assert.is(inForce(at(10), at(99)), 'c');
  assert.is(inForce(at(19), at(99)), 'c');
  assert.is(inForce(at(20), at(99)), 'b');
  assert.is(inForce('2026-03-31T11:59:59.999Z', at(99)), undefined);
});

test('what was recorded later does not count', () => {
  assert.is(inForce(at(15), at(29)), 'a');
  assert.is(inForce(at(99), at(19)), 'a');
  assert.is(inForce(at(99), at(0)), undefined);
});

test('of two from the same instant on, the one that was recorded last is in force', () => {
  const again = history([at(1), 'a', at(0)], [at(2), 'b', at(0)]);
  assert.is(policyAt(again, { asOf: at(5), knownAt: at(5) })?.event.policy, 'b');
});

test('neither a policy nor tampering is a resource: it has no row, is in no fleet, and begins no ledger', async () => {
  const store = memoryStore();
  for (const event of events) await store.append(event);
  const tampering = record(tamperStreamOf(STREAM), tamperDetected('t1'), undefined, NOW);
  await store.append(tampering);
  assert.is(resourceAt([tampering], { asOf: at(999), knownAt: at(999) }), undefined);
  const fleet = ledgerFleet(store);
  const moment = { asOf: at(99), knownAt: at(99) };
  assert.is(resourceAt(events, moment), undefined);
  assert.equal(await flatListOf(fleet.at(moment)), []);
  assert.is((await fleet.span(at(99)))?.began, undefined);
  assert.equal(await listOf(foldLedger(store)), []);
  assert.ok(isLedgerStream(POLICY_STREAM));
  assert.not(isLedgerStream(STREAM));

  await store.append(record(STREAM, observed('o1', at(40)), undefined, new Date(at(41))));
  assert.is((await flatListOf(fleet.at(moment))).length, 1);
  assert.is((await fleet.span(at(99)))?.began, at(40));
  const [folded] = await listOf(foldLedger(store));
  assert.equal([folded?.rows.length, folded?.events], [1, 1]);
});

test('the fold of the stream knows what is in force last', () => {
  assert.equal(fold(events).policy, { id: 'b', at: at(20) });
  assert.is(fold(events).lastSeq, 3);
});

test.run();
