import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FAULTS } from './faults.ts';
import { traceOf } from './report.ts';
import { simulate } from './simulation.ts';

const test = suite('the simulation');

/** So many that the suite stays quick; `npm run simulate -- --seeds N` runs more. */
const SEEDS = 40;

const BATCH = 10;
const struck = new Set<string>();
const ended = new Set<string>();
const met = new Set<string>();

for (let first = 1; first <= SEEDS; first += BATCH) {
  const last = first + BATCH - 1;
  test(`whatever goes wrong, every request ends once, nothing is lost or doubled, and the ledger tells the truth: seeds ${first} to ${last}`, async () => {
    for (let seed = first; seed <= last; seed++) {
      const run = await simulate(seed);
      assert.equal(run.violations, [], traceOf(run));
      for (const fault of run.faults.counts.keys()) struck.add(fault);
      for (const outcome of run.outcomes) ended.add(outcome);
      for (const fn of run.met) met.add(fn);
    }
  });
}

test('over these seeds every kind of fault strikes, and requests end in every way', () => {
  assert.equal([...struck].sort(), Object.keys(FAULTS).sort());
  assert.equal([...ended].sort(), ['applied', 'failed', 'retired', 'superseded']);
  for (const fn of ['apply', 'project', 'reconcile', 'seal'])
    assert.ok(met.has(fn), `an old ${fn} met what a newer version wrote`);
});

test('a seed gives the same run each time', async () => {
  const [once, again] = [await simulate(7), await simulate(7)];
  assert.equal(
    once.events.map(({ hash }) => hash),
    again.events.map(({ hash }) => hash),
  );
  assert.equal(once.faults.struck, again.faults.struck);
});

test.run();
