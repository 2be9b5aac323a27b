import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeTrail } from './make-trail.ts';
import { inTurn, type Run } from './measured-process.ts';

/**
 * `tagledger plan --format ndjson` on made-up trails of 20 MB and of 200 MB (before gzip), beside gunzip and
 * JSON.parse alone of the same file; each in a process of its own, start included, in turn, the best of five.
 * `npm run bench:plan [-- MB]`
 */
const LARGE = Number(process.argv[2] ?? 200);
const SMALL = LARGE / 10;
const RUNS = 5;
const [MOST_TIME, MOST_MEMORY] = [2, 1.5];

const ALONE = `
const { readFileSync } = await import('node:fs');
const { gunzipSync } = await import('node:zlib');
JSON.parse(gunzipSync(readFileSync(process.argv[1])).toString('utf8'));
`;

const folder = mkdtempSync(join(tmpdir(), 'tagledger-bench-'));
const rssFile = join(folder, 'rss');

const measure = async (megabytes: number) => {
  const file = join(folder, `${megabytes}.json.gz`);
  const { records } = await makeTrail(file, megabytes);
  const commands = [
    ['--input-type=module', '-e', ALONE, file],
    ['dist/tagledger.js', 'plan', file, '--format', 'ndjson'],
  ];
  const [alone, plan] = inTurn(RUNS, commands, { rssFile }) as [Run, Run];
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
