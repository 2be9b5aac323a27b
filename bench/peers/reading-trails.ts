import { join } from 'node:path';
import { PLAIN_TEXT } from '../../src/cli/text-style.ts';
import { table } from '../../src/cli/views/table.ts';
import { makeTrail } from '../make-trail.ts';
import { type Measured, measured } from './measured.ts';

const RUNS = 3;
const PARTS = 10;
const PLAN = [process.execPath, 'dist/tagledger.js', 'plan', '--format', 'ndjson'];
const PYTHON = ['python3', 'bench/peers/read_trail.py'];

/** Reads a trail as one file and as ten with `tagledger plan` and with plain Python; gives the best of three, as a table. */
export const readingTrails = async (folder: string, megabytes: number): Promise<string> => {
  const whole = join(folder, 'whole.json.gz');
  const { records } = await makeTrail(whole, megabytes);
  const parts = Array.from({ length: PARTS }, (_, i) => join(folder, `part-${i}.json.gz`));
  for (const [i, part] of parts.entries()) await makeTrail(part, megabytes / PARTS, i);
  const rows: (readonly string[])[] = [];
  for (const [title, files] of [
    ['one file', [whole]],
    [`${PARTS} files`, parts],
  ] as const) {
    const plan = await best([...PLAN, ...files]);
    const python = await best([...PYTHON, ...files]);
    rows.push([title, 'tagledger plan', ...figures(plan), '']);
    rows.push(['', 'plain Python', ...figures(python), ratios(python, plan)]);
  }
  return [
    `a trail of ${megabytes} MB, ${records} records (before gzip), the best of ${RUNS} runs`,
    table([['', '', 'time', 'of processor', 'peak memory', 'beside tagledger'], ...rows], PLAIN_TEXT),
  ].join('\n');
};

/** The fastest run, with the largest memory of all. */
const best = async (command: readonly string[]): Promise<Measured> => {
  const runs: Measured[] = [];
  for (let run = 0; run < RUNS; run++) runs.push(await measured(command));
  const [fastest] = runs.toSorted((a, b) => a.seconds - b.seconds) as [Measured];
  return { ...fastest, peakMb: Math.max(...runs.map(({ peakMb }) => peakMb)) };
};

const figures = ({ seconds, processorSeconds, peakMb }: Measured): readonly string[] => [
  `${seconds.toFixed(1)} s`,
  `${processorSeconds.toFixed(1)} s`,
  `${Math.round(peakMb)} MB`,
];

const ratios = (theirs: Measured, ours: Measured): string =>
  `time ${(theirs.seconds / ours.seconds).toFixed(2)}×, memory ${(theirs.peakMb / ours.peakMb).toFixed(1)}×`;
