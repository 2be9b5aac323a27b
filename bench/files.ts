import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { makeTree } from './make-tree.ts';
import { inTurn, type Run } from './measured-process.ts';

/**
 * Many small files, as the bucket of a trail has them: reading and parsing them as all commands do, `plan`, and `ingest`,
 * at first and again; beside a walk with gunzip and JSON.parse alone of the same log files. Each in a process of its own, start included,
 * in turn, the best of five; the first `ingest` once. `npm run bench:files [-- FILES]`
 */
const FILES = Number(process.argv[2] ?? 10_000);
const RUNS = 5;
const MOST = 1.5;

const ALONE = `
const { readdirSync, readFileSync } = await import('node:fs');
const { gunzipSync } = await import('node:zlib');
for (const file of readdirSync(process.argv[1], { recursive: true }))
  if (/\\/CloudTrail\\/.*\\.gz$/.test(file))
    JSON.parse(gunzipSync(readFileSync(process.argv[1] + '/' + file)).toString('utf8'));
`;

/** Reads all entries and does nothing with them. */
const READING = `
import { openTrails } from './src/cli/trail/read-trails.ts';
const { batches } = await openTrails(process.argv.slice(2), { stderr() {} } as never);
for await (const entries of batches) for (const _ of entries);
`;

const folder = mkdtempSync(join(tmpdir(), 'tagledger-bench-'));
const options = { rssFile: join(folder, 'rss') };
const reading = 'dist/bench-reading';

try {
  execFileSync('npm', ['run', '--silent', 'build:cli'], { stdio: 'inherit' });
  await build({
    stdin: { contents: READING, resolveDir: '.', loader: 'ts' },
    outfile: `${reading}/reading.mjs`,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
  });
  const tree = join(folder, 'tree');
  const { files, records, inflated, gzipped } = makeTree(tree, FILES);
  const mega = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
  console.log(`${files.length} log files, ${records} records, ${mega(gzipped)}, ${mega(inflated)} inflated`);

  const ingest = ['dist/tagledger.js', 'ingest', tree, '--ledger', join(folder, 'ledger')];
  const [first] = inTurn(1, [ingest], options) as [Run];
  const [alone, read, plan, again] = inTurn(
    RUNS,
    [
      ['--input-type=module', '-e', ALONE, tree],
      [`${reading}/reading.mjs`, tree],
      ['dist/tagledger.js', 'plan', tree, '-o', 'ndjson'],
      ingest,
    ],
    options,
  ) as [Run, Run, Run, Run];
  const line = (what: string, { seconds, rss }: Run) =>
    console.log(
      `${what.padEnd(34)} ${seconds.toFixed(2).padStart(6)} s  ${(seconds / alone.seconds).toFixed(2).padStart(5)}×  ${Math.round(rss)} MB at most`,
    );
  line('gunzip and JSON.parse alone', alone);
  line('reading and parsing', read);
  line('plan', plan);
  line('ingest', first);
  line('ingest again', again);
  const ratio = read.seconds / alone.seconds;
  console.log(`reading takes ${ratio.toFixed(2)}× the time (at most ${MOST}× wanted)`);
  if (ratio > MOST) process.exitCode = 1;
} finally {
  rmSync(reading, { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
}
