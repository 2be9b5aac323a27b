import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeTrail } from './make-trail.ts';

/**
 * `tagledger plan --format ndjson` on made-up trails of 20 MB and of 200 MB (before gzip), beside gunzip and
 * JSON.parse alone of the same file; each in a process of its own, start included, the best of three.
 * `npm run bench:plan [-- MB]`
 */
const LARGE = Number(process.argv[2] ?? 200);
const SMALL = LARGE / 10;
const RUNS = 3;
const [MOST_TIME, MOST_MEMORY] = [2, 1.5];

const ALONE = `
const { readFileSync } = await import('node:fs');
const { gunzipSync } = await import('node:zlib');
JSON.parse(gunzipSync(readFileSync(process.argv[1])).toString('utf8'));
`;
const WATCH = `data:text/javascript,${encodeURIComponent(`
import { writeFileSync } from 'node:fs';
process.on('exit', () => writeFileSync(process.env.BENCH_RSS, String(process.resourceUsage().maxRSS)));
`)}`;

const folder = mkdtempSync(join(tmpdir(), 'tagledger-bench-'));
const rssFile = join(folder, 'rss');

interface Run {
  readonly seconds: number;
  /** The peak of the process, in MB. */
  readonly rss: number;
}

const run = (args: readonly string[]): Run => {
  const begin = performance.now();
  const { status, stderr } = spawnSync(process.execPath, ['--import', WATCH, ...args], {
    env: { ...process.env, BENCH_RSS: rssFile },
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  const seconds = (performance.now() - begin) / 1000;
  if (status !== 0) throw new Error(`a process ended with ${status}: ${stderr}`);
  return { seconds, rss: Number(readFileSync(rssFile, 'utf8')) / 1024 };
};

/** The fastest run, and the largest memory of all. */
const best = (args: readonly string[]): Run => {
  const runs = Array.from({ length: RUNS }, () => run(args));
  return {
    seconds: Math.min(...runs.map(({ seconds }) => seconds)),
    rss: Math.max(...runs.map(({ rss }) => rss)),
  };
};

const measure = async (megabytes: number) => {
  const file = join(folder, `${megabytes}.json.gz`);
  const { records } = await makeTrail(file, megabytes);
  const alone = best(['--input-type=module', '-e', ALONE, file]);
  const plan = best(['dist/tagledger.js', 'plan', file, '--format', 'ndjson']);
  const ratio = plan.seconds / alone.seconds;
  const shown = ({ seconds, rss }: Run) => `${seconds.toFixed(2)} s, ${Math.round(rss)} MB at most`;
  console.log(`${megabytes} MB, ${records} records`);
  console.log(`  gunzip and JSON.parse alone   ${shown(alone)}`);
  console.log(
    `  tagledger plan                ${shown(plan)}, ${Math.round(records / plan.seconds)} records/s`,
  );
  console.log(`  time, beside them             ${ratio.toFixed(2)}×`);
  return { ratio, plan };
};

try {
  execFileSync('npm', ['run', '--silent', 'build:cli'], { stdio: 'inherit' });
  const small = await measure(SMALL);
  const large = await measure(LARGE);
  const growth = large.plan.rss / small.plan.rss;
  console.log(`${LARGE} MB take ${large.ratio.toFixed(2)}× the time (at most ${MOST_TIME}× wanted)`);
  console.log(`and ${growth.toFixed(2)}× the memory of ${SMALL} MB (at most ${MOST_MEMORY}× wanted)`);
  if (large.ratio > MOST_TIME || growth > MOST_MEMORY) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
