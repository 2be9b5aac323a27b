import { parseArgs } from 'node:util';
import { totals, traceOf } from './report.ts';
import { shrink } from './shrink.ts';
import { simulate } from './simulation.ts';

/**
 * Runs many seeds and tells what did not hold: `npm run simulate -- [--seeds N] [--from SEED] [--first]`. A failing
 * seed is made small and its trace printed; `--first` ends at the first one. Exit code 1 when a seed failed.
 */
const { values } = parseArgs({
  options: { seeds: { type: 'string' }, from: { type: 'string' }, first: { type: 'boolean' } },
});
const [seeds, from] = [Number(values.seeds ?? 1_000), Number(values.from ?? 1)];
const MOST_TRACES = 5;

const sum = totals();
let failing = 0;
const begin = performance.now();
for (let seed = from; seed < from + seeds; seed++) {
  const run = await simulate(seed);
  sum.add(run);
  if (run.violations.length === 0) continue;
  failing += 1;
  process.exitCode = 1;
  if (failing <= MOST_TRACES) console.log(`${traceOf(await shrink(run))}\n`);
  if (values.first) break;
}
console.log(sum.text((performance.now() - begin) / 1_000));
