import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { amountsOf, dollarsOf } from '../../bench/cost/amounts.ts';
import { PRICES, WHOLE_PROCESSOR_MB } from '../../bench/cost/inputs.ts';
import type { Run } from '../../bench/cost/measurement.ts';

const test = suite('what a measured run costs');

const RUN: Run = {
  name: 'a run',
  resources: 100,
  writeUnits: 300,
  readUnits: 100,
  calls: { 'ec2:CreateTags': 2, 'sns:Publish': 1 },
  functions: { apply: { invocations: 4, processorSeconds: 1, waitingSeconds: 2, logBytes: 1_000 } },
  tableBytes: 2 ** 20,
};
const at = (memoryMb: number, times = 1) => amountsOf(RUN, { apply: { memoryMb, peakMb: 100 } }, times);

test('half a processor is busy for twice as long, and waits no longer', () => {
  const half = WHOLE_PROCESSOR_MB / 2;
  assert.equal(at(half).gbSeconds, (half / 1_024) * (2 + 2));
});

test('more than a whole processor makes a function no quicker', () => {
  const twice = WHOLE_PROCESSOR_MB * 2;
  assert.equal(at(twice).gbSeconds, (twice / 1_024) * (1 + 2));
});

test('a run scaled up uses more of everything by as much', () => {
  const [one, ten] = [at(1_024), at(1_024, 10)];
  for (const [name, amount] of Object.entries(one))
    assert.equal(ten[name as keyof typeof ten], amount * 10, name);
});

test('a million units cost their list price, and storage is not in the sum', () => {
  const { writes, sum, storage, ...others } = dollarsOf(at(1_024, 1e6 / 300));
  assert.ok(Math.abs(writes - PRICES.writeUnits) < 1e-9);
  assert.ok(storage > 0);
  const added = Object.values(others).reduce((all, one) => all + one, writes);
  assert.ok(Math.abs(sum - added) < 1e-9);
});

test.run();
