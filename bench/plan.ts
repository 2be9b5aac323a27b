import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeTrail } from './make-trail.ts';
import { inTurn, type Run } from './measured-process.ts';

/**
 * `tagledger plan --format ndjson` on made-up trails of 20 MB and of 200 MB (before gzip), and on 2,000 files of 20 KB, as
 * CloudTrail delivers them; beside gunzip and JSON.parse alone of the same files; each in a process of its own, start
 * included, in turn, the best of five. `npm run bench:plan [-- MB]`
 */
const LARGE = Number(process.argv[2] ?? 200);
const SMALL = LARGE / 10;
const FILES = 2000;
const FILE_MB = 0.02;
const RUNS = 5;
const [MOST_TIME, MOST_MEMORY] = [3, 1.5];

const ALONE = `
const { readFileSync } = await import('node:fs');
const { gunzipSync } = await import('node:zlib');
for (const file of process.argv.slice(1)) JSON.parse(gunzipSync(readFileSync(file)).toString('utf8'));
`;

const folder = mkdtempSync(join(tmpdir(), 'tagledger-bench-'));
const rssFile = join(folder, 'rss');

const measure = async (megabytes: number, count = 1) => {
  const files = Array.from({ length: count }, (_, n) => join(folder, `${megabytes}-${n}.json.gz`));
  let records = 0;
  for (const [n, file] of files.entries()) records += (await makeTrail(file, megabytes, n)).records;
  const commands = [
    ['--input-type=module', '-e', ALONE, ...files],
    ['dist/tagledger.js', 'plan', ...files, '--format', 'ndjson'],
  ];
  const [alone, plan] = inTurn(RUNS, commands, { rssFile }) as [Run, Run];
  const ratio = plan.seconds / alone.seconds;
  const shown = ({ seconds, rss }: Run) => `${seconds.toFixed(2)} s, ${Math.round(rss)} MB at most`;
  console.log(`${count > 1 ? `${count} files of ` : ''}${megabytes} MB, ${records} records`);
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
  await measure(FILE_MB, FILES);
  const growth = large.plan.rss / small.plan.rss;
  console.log(`${LARGE} MB take ${large.ratio.toFixed(2)}× the time (at most ${MOST_TIME}× wanted)`);
  console.log(`and ${growth.toFixed(2)}× the memory of ${SMALL} MB (at most ${MOST_MEMORY}× wanted)`);
  if (large.ratio > MOST_TIME || growth > MOST_MEMORY) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
