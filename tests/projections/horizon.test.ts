import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryStore } from '../../src/adapters/memory/event-store.ts';
import { type AccountCoverage, recordCoverage } from '../../src/commands/record-coverage.ts';
import { coverageStreamOf } from '../../src/events/ledger-stream.ts';
import { type Horizon, horizonIn, horizonView, isHeard, readHorizon } from '../../src/projections/horizon.ts';
import { ledgerFleet } from '../../src/projections/ledger-fleet.ts';

import { at, chain, NOW, observed } from '../support/events.ts';

const test = suite('the horizon');

/** Later than all that is recorded here, and earlier than what nobody has heard of yet. */
const LATE = '2030-01-01T00:00:00.000Z';
const [ADA, BEA] = ['111122223333', '444455556666'];

const coverage = (account: string, to: string, source: AccountCoverage['source'] = 'files') => ({
  account,
  source,
  from: at(0),
  to,
  regions: ['eu-west-1'],
});

/** Each event is recorded a minute after the one before, from a minute on. */
const setUp = (from = 1) => {
  const store = memoryStore();
  const minutes = (function* () {
    for (let minute = from; ; minute++) yield minute;
  })();
  const ledger = { store, eventFormat: 2, now: () => new Date(at(Number(minutes.next().value))) } as const;
  /** Both ways of reading it say the same. */
  const horizonAt = async (knownAt = LATE): Promise<Horizon> => {
    const horizon = await readHorizon(store, knownAt, ledgerFleet(store).span);
    assert.equal(await horizonIn(store.readAll(), knownAt), horizon);
    return horizon;
  };
  return { store, ledger, horizonAt };
};

test('a ledger that recorded nothing has heard of nothing, and one without coverage is judged by its newest event', async () => {
  const { store, horizonAt } = setUp();
  assert.equal(await horizonAt(), {
    began: null,
    heardUntil: null,
    basis: 'inferred',
    accounts: [],
    knownAt: LATE,
  });
  assert.not.ok(isHeard(await horizonAt(), at(0)));
  // The last one says that it happened after it was recorded.
  const told = [observed('o1', at(7)), observed('o2', at(3)), observed('o3', '2099-01-01T00:00:00.000Z')];
  for (const event of chain(told)) await store.append(event);
  assert.equal(await horizonAt(), {
    began: at(3),
    heardUntil: at(7),
    basis: 'inferred',
    accounts: [],
    knownAt: LATE,
  });
  assert.equal(await readHorizon(store, LATE), {
    began: null,
    heardUntil: null,
    basis: 'unknown',
    accounts: [],
    knownAt: LATE,
  });
});

test('the same coverage is recorded once, and later coverage of an earlier time takes nothing back', async () => {
  const { store, ledger, horizonAt } = setUp(60);
  for (const to of [at(20), at(20), at(10), at(20)]) await recordCoverage(ledger, coverage(ADA, to));
  assert.is((await store.read(coverageStreamOf(ADA))).length, 2);
  const accounts = [{ account: ADA, heardUntil: at(20), source: 'files' }];
  assert.equal(await horizonAt(), {
    began: null,
    heardUntil: at(20),
    basis: 'recorded',
    accounts,
    knownAt: LATE,
  });
});

test('it is known as it was at any moment, however many heartbeats came', async () => {
  const { ledger, horizonAt } = setUp();
  const beats = Array.from({ length: 70 }, (_, n) => n);
  for (const n of beats) await recordCoverage(ledger, coverage(ADA, at(n), 'heartbeat'));
  for (const n of beats) {
    // The first heartbeat lists the account, which takes a minute of this clock.
    const { heardUntil } = await horizonAt(at(n + 2));
    assert.is(heardUntil, at(n));
  }
  assert.is((await horizonAt(at(0))).heardUntil, null);
});

test('a heartbeat that is not later than all before is not recorded', async () => {
  const { store, ledger } = setUp(60);
  for (const minute of [5, 5, 3]) await recordCoverage(ledger, coverage(BEA, at(minute), 'heartbeat'));
  assert.is((await store.read(coverageStreamOf(BEA))).length, 1);
});

test('coverage counts at most up to the moment at which it was recorded', async () => {
  const { ledger, horizonAt } = setUp(60);
  await recordCoverage(ledger, coverage(ADA, '2099-01-01T00:00:00.000Z', 'heartbeat'));
  assert.is((await horizonAt()).heardUntil, at(61));
  await recordCoverage(ledger, coverage(ADA, at(62), 'heartbeat'));
  assert.is((await horizonAt()).heardUntil, at(62));
});

test('old files take nothing from what heartbeats tell', async () => {
  const { ledger, horizonAt } = setUp(60);
  await recordCoverage(ledger, coverage(ADA, at(50), 'heartbeat'));
  await recordCoverage(ledger, coverage(ADA, at(10)));
  assert.equal((await horizonAt()).accounts, [{ account: ADA, heardUntil: at(50), source: 'heartbeat' }]);
});

test('format 1 has no coverage', async () => {
  const { store, ledger } = setUp();
  await recordCoverage({ ...ledger, eventFormat: 1 }, coverage(ADA, at(1)));
  assert.is((await store.read(coverageStreamOf(ADA))).length, 0);
});

test('what is more than a quarter of an hour beyond it is unknown, and so is an account that was not heard of for long', async () => {
  const { ledger, horizonAt } = setUp(24 * 60);
  await recordCoverage(ledger, coverage(ADA, '2026-04-01T12:00:00.000Z'));
  await recordCoverage(ledger, coverage(BEA, '2026-04-01T09:00:00.000Z', 'heartbeat'));
  const horizon = await horizonAt();
  assert.is(horizon.heardUntil, '2026-04-01T12:00:00.000Z');
  assert.ok(isHeard(horizon, '2026-04-01T12:15:00.000Z', ADA));
  assert.not.ok(isHeard(horizon, '2026-04-01T12:15:00.001Z', ADA));
  assert.ok(isHeard(horizon, '2026-04-01T11:00:00.000Z', BEA));
  assert.not.ok(isHeard(horizon, '2026-04-01T11:00:00.001Z', BEA));
  assert.equal(
    horizonView(horizon, '2026-04-01T12:00:00.000Z').silentAccounts.map(({ account }) => account),
    [BEA],
  );
  assert.not.ok(isHeard(horizon, NOW.toISOString(), '777788889999'), 'nothing was recorded of this account');
});

test.run();
