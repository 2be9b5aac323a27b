import { parseArgs } from 'node:util';
import { generateTrail } from './generate-trail.ts';
import { type FoundDifference, permuteTrail } from './permute-trail.ts';

/**
 * Compares the product's answers with the reference's over generated trails, each read in several orders:
 * `npm run permute -- [--trails N] [--seed FIRST] [--kind KIND]`. Prints the first trail that differs, made small,
 * and how many trails differ in each way. `--kind` prints the first trail that differs in this way. Exit code 1
 * when a trail differs.
 */
const { values } = parseArgs({
  options: {
    trails: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    kind: { type: 'string' },
  },
});
const [trails, from] = [Number(values.trails), Number(values.seed)];
if (!Number.isSafeInteger(trails) || trails < 1 || !Number.isSafeInteger(from)) {
  console.error('Give whole numbers, for example: npm run permute -- --trails 100 --seed 1');
  process.exit(2);
}

/** Removes records one after the other, as long as the trail still differs in the same way. */
const shrink = async (records: readonly object[], seed: number, kind: string): Promise<readonly object[]> => {
  for (let i = 0; i < records.length; i++) {
    const fewer = records.toSpliced(i, 1);
    const found = await permuteTrail(fewer, seed);
    if (found.some((one) => one.kind === kind)) return shrink(fewer, seed, kind);
  }
  return records;
};

const show = async (records: readonly object[], seed: number, kind: string): Promise<void> => {
  const small = await shrink(records, seed, kind);
  const first = (await permuteTrail(small, seed)).find((one) => one.kind === kind) as FoundDifference;
  console.log(`seed ${seed}: ${kind} of ${first.resource || 'the trail'}, read ${first.order}`);
  console.log(`  expected ${JSON.stringify(first.expected)}\n  actual   ${JSON.stringify(first.actual)}`);
  console.log(`  ${small.length} of ${records.length} records:`);
  for (const record of small) console.log(`  ${JSON.stringify(record)}`);
};

const seeds = new Map<string, number[]>();
let differing = 0;
let [streams, folded, rows, continuedRows] = [0, 0, 0, 0];
let isShown = false;
const begin = performance.now();
for (let seed = from; seed < from + trails; seed++) {
  const { records } = generateTrail(seed);
  const found = await permuteTrail(records, seed, ({ isFolded, later, continued }) => {
    streams += 1;
    if (isFolded) folded += 1;
    rows += later;
    continuedRows += continued;
  });
  const kinds = new Set(found.map(({ kind }) => kind));
  const [first] = kinds;
  if (first === undefined) continue;
  differing += 1;
  for (const kind of kinds) seeds.set(kind, [...(seeds.get(kind) ?? []), seed]);
  const shown = values.kind ?? first;
  if (isShown || !kinds.has(shown)) continue;
  isShown = true;
  await show(records, seed, shown);
}
for (const [kind, of] of [...seeds].sort(([, a], [, b]) => b.length - a.length)) {
  console.log(`${String(of.length).padStart(8)}  ${kind} (first seed ${of[0]})`);
}
console.log(`the archive must fold ${folded} of ${streams} streams from their events`);
console.log(`project continued ${continuedRows} of ${rows} rows that were not the first of their stream`);
const seconds = ((performance.now() - begin) / 1_000).toFixed(1);
console.log(`${differing} of ${trails} trails differ; seeds ${from} to ${from + trails - 1}; ${seconds} s`);
if (differing > 0) process.exitCode = 1;
