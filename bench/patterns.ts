import { build } from 'esbuild';
import { RE2JS } from 're2js';
import { machineOf } from '../src/policies/pattern/machine.ts';
import { readPattern } from '../src/policies/pattern/pattern.ts';
import { syntaxOf } from '../src/policies/pattern/syntax.ts';

/**
 * The patterns of policies: what they take on values of real size, beside JavaScript's own engine and re2js, in turn in one
 * process, the best of five; what patterns take that JavaScript's engine would try for ever; and the bytes of each engine
 * in a bundle. `npm run bench:patterns`
 */
const ASKED = 100_000;
const RUNS = 5;

const REAL: readonly (readonly [pattern: string, values: readonly string[]])[] = [
  ['[0-9]{4}', ['4711', '47110', 'none']],
  ['(prod|staging|dev|test)', ['prod', 'staging', 'sandbox']],
  ['[a-z0-9-]+', ['payments-api', 'data-platform', 'Shop']],
  ['[\\w.+-]+@example\\.com', ['tom.okafor@example.com', 'ada@example.org']],
  ['CC-\\d{5,8}(-[A-Z]{2})?', ['CC-12345-DE', 'CC-1234567', 'CC-12']],
  ['[\\w:-]{1,128}', ['team:payments:prod', 'arn-aws-thing:abc']],
  ['\\p{Lu}.*', ['Équipe paiements', 'the team of the platform']],
  ['.+', ['x', 'a description that is as long as descriptions are']],
];

const HOSTILE = [
  'a*a*a*a*b',
  'a*a*a*a*a*a*a*a*b',
  '.*a.*a.*a.*a.*a.*b',
  '(a*)(a*)(a*)(a*)(a*)(a*)(a*)(a*)b',
  '(a{0,256}){8}b',
  '(a+)+b',
  '(a?){250}a{250}',
  'a{0,240}a{0,240}a{0,240}a{0,240}b',
  `${'[\\p{L}\\p{N}]'.repeat(80)}b`,
  '(a{1,1000}){1,1000}',
];

type Asks = (value: string) => boolean;

const seconds = (act: () => void): number => {
  const begun = performance.now();
  act();
  return (performance.now() - begun) / 1_000;
};

const best = (asks: readonly Asks[], valueAt: (i: number) => string): number[] => {
  const rounds = Array.from({ length: RUNS }, () =>
    asks.map((ask) =>
      seconds(() => {
        for (let i = 0; i < ASKED; i++) ask(valueAt(i));
      }),
    ),
  );
  return asks.map((_, i) => Math.min(...rounds.map((round) => round[i] as number)));
};

const cells = (...all: readonly string[]) =>
  console.log(all.map((cell, i) => (i === 0 ? cell.padEnd(36) : cell.padStart(12))).join(''));
const shown = (time = 0, to = 1) => `${(time * 1_000).toFixed(1)} ${(time / to).toFixed(1)}×`;

console.log(`${ASKED} values in ms, and beside JavaScript's engine; "kept": a fleet's values repeat`);
cells('pattern', 'JavaScript', 'ours', 'ours, kept', 're2js');
for (const [pattern, values] of REAL) {
  const whole = new RegExp(`^(?:${pattern})$`, 'u');
  const re2 = RE2JS.compile(RE2JS.translateRegExp(`^(?:${pattern})$`));
  const read = readPattern(pattern);
  if ('refused' in read) throw new Error(read.refused);
  const ask: Asks[] = [
    (value) => whole.test(value),
    machineOf(syntaxOf(pattern)),
    read.matches,
    (value) => re2.test(value),
  ];
  const [native, ...others] = best(ask, (i) => values[i % values.length] as string);
  cells(pattern, shown(native, native), ...others.map((time) => shown(time, native)));
}

console.log('\none value of 256 characters, in ms: to read the pattern, and the median of 21 values');
for (const pattern of HOSTILE) {
  let read = readPattern('');
  const reading = seconds(() => {
    read = readPattern(pattern);
  });
  const { matches } = { matches: undefined, ...read };
  const times =
    matches &&
    Array.from({ length: 21 }, (_, i) => seconds(() => matches('a'.repeat(256 - i) + 'é'.repeat(i))));
  const median = times?.toSorted((a, b) => a - b)[10];
  cells(
    pattern.slice(0, 34),
    (reading * 1_000).toFixed(2),
    median === undefined ? 'refused' : (median * 1_000).toFixed(2),
  );
}

const minified = async (contents: string): Promise<number> => {
  const stdin = { contents, resolveDir: import.meta.dirname, loader: 'ts' } as const;
  const { outputFiles } = await build({
    stdin,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    write: false,
  });
  return outputFiles.reduce((sum, { contents: { length } }) => sum + length, 0);
};
console.log('\nbytes, minified');
cells('ours', String(await minified("export { readPattern } from '../src/policies/pattern/pattern.ts'")));
cells('re2js', String(await minified("export { RE2JS } from 're2js'")));
