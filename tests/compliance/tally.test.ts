import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assess } from '../../src/compliance/assess.ts';
import { type Grouping, startTally } from '../../src/compliance/tally.ts';
import { timeSeries } from '../../src/compliance/time-series.ts';
import type { Moment } from '../../src/projections/resource-at.ts';
import { flatListOf, listOf } from '../support/async.ts';
import {
  ALL_HEARD,
  arn,
  fleetOf,
  GIVEN,
  inferredHorizon,
  recorded,
  requires,
} from '../support/compliance/fleet.ts';
import { at, observed, requested, tags } from '../support/events.ts';

const test = suite('counts of compliance');

const born = (text: string) => requested('r1', { birth: { tags: tags(text) } });
const fleet = await fleetOf(
  recorded(arn('i-01'), [[at(1), born('Owner=ada Env=prod')]]),
  recorded(arn('i-02'), [[at(1), born('Owner=ada')]]),
  recorded(arn('vol-01', 'volume', '444455556666', 'us-east-1'), [[at(5), observed('o1', at(4))]]),
);
const policy = requires('Owner', 'Env');
const moment = { asOf: at(9), knownAt: at(9) };

const totals = async (by: Grouping) => {
  const tally = startTally(by);
  for (const one of await flatListOf(assess(fleet, { policy, selection: {}, moment, horizon: ALL_HEARD })))
    tally.add(one);
  return tally.totals();
};
const NONE = { compliant: 0, violating: 0, exempt: 0, unknown: 0 };

test('each resource counts once, as the worst that is said of it', async () => {
  assert.equal((await totals('rule')).resources, { ...NONE, compliant: 1, violating: 1, unknown: 1 });
});

test('by rule a resource counts for each rule as what that rule says', async () => {
  assert.equal((await totals('rule')).groups, [
    { group: 'Env:required', ...NONE, compliant: 1, violating: 1, unknown: 1 },
    { group: 'Owner:required', ...NONE, compliant: 2, unknown: 1 },
  ]);
});

for (const [by, first, second] of [
  ['creator', 'ada', 'unknown'],
  ['account', '111122223333', '444455556666'],
  ['region', 'eu-west-1', 'us-east-1'],
  ['type', 'instance', 'volume'],
] as const) {
  test(`by ${by} it counts once`, async () => {
    assert.equal((await totals(by)).groups, [
      { group: first, ...NONE, compliant: 1, violating: 1 },
      { group: second, ...NONE, unknown: 1 },
    ]);
  });
}

test('a course has a point for each instant, also before the ledger began', async () => {
  const asOf = ['2026-03-31T11:00:00.000Z', at(0), at(9)];
  const points = await listOf(
    timeSeries(fleet, {
      policyAt: () => ({ policy, source: GIVEN }),
      selection: {},
      asOf,
      knownAt: at(9),
      horizon: await inferredHorizon(fleet, at(9)),
    }),
  );
  assert.equal(
    points.map(({ asOf, beforeLedger, resources: { violating, unknown } }) => [
      asOf,
      beforeLedger,
      violating,
      unknown,
    ]),
    [
      [asOf[0], true, 0, 0],
      [asOf[1], false, 1, 0],
      [asOf[2], false, 1, 1],
    ],
  );
});

test('over time each instant has its own policy, and nothing is judged where none was in force', async () => {
  const strict = requires('Owner', 'Band');
  const inForce = (asOf: string) => (asOf === at(8) ? policy : asOf > at(8) ? strict : undefined);
  const policyAt = ({ asOf }: Moment) => {
    const found = inForce(asOf);
    return found && { policy: found, source: GIVEN };
  };
  const asOf = [at(1), at(8), at(9)];
  const points = await listOf(
    timeSeries(fleet, {
      policyAt,
      selection: {},
      asOf,
      knownAt: at(9),
      horizon: await inferredHorizon(fleet, at(9)),
    }),
  );
  assert.equal(
    points.map((point) => [point.policy, point.policySource]),
    [
      [null, null],
      [policy.id, GIVEN],
      [strict.id, GIVEN],
    ],
  );
  assert.equal(points[0]?.resources, NONE);
  const [, before, after] = points.map(({ resources }) => resources.violating);
  assert.equal([before, after], [1, 2]);
});

test.run();
