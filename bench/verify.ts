import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT_CODES } from '../src/cli/exit-codes.ts';
import { benchStream, makeExport } from './make-export.ts';
import { inTurn, type Run } from './measured-process.ts';

/**
 * `tagledger verify` of an export of a million events, beside SHA-256 alone over the same bytes of the same file: gunzip
 * and hash of the compressed one. Also `tagledger history` of one resource of that file, which finds it by the file's index.
 * Each in a process of its own, start included, in turn, the best of three. A tenth of the events shows whether memory
 * grows. `npm run bench:verify [-- EVENTS]`
 */
const EVENTS = Number(process.argv[2] ?? 1_000_000);
const RUNS = 3;
const [MOST_TIME, MOST_MEMORY, MOST_HISTORY] = [4, 1.5, 0.2];

const SHA256 = `
const { createReadStream } = await import('node:fs');
const { createHash } = await import('node:crypto');
const { createGunzip } = await import('node:zlib');
const hash = createHash('sha256');
let bytes = 0;
for await (const chunk of createReadStream(process.argv[1]).pipe(createGunzip({ chunkSize: 1024 * 1024 }))) {
  hash.update(chunk);
  bytes += chunk.length;
}
process.stdout.write(String(bytes));
`;

const folder = mkdtempSync(join(tmpdir(), 'tagledger-bench-'));
const rssFile = join(folder, 'rss');

const measure = async (events: number) => {
  const file = join(folder, `${events}.ndjson.gz`);
  const { bytes } = await makeExport(file, events);
  // Without a key nothing is found, and nothing proven.
  const succeedsWith = [EXIT_CODES.done.code, EXIT_CODES.unknown.code];
  const commands = [
    ['--input-type=module', '-e', SHA256, file],
    ['dist/tagledger.js', 'verify', '--ledger', file],
    ['dist/tagledger.js', 'history', benchStream(events / 20), '--ledger', file],
  ];
  const options = { rssFile, keepsOut: true, succeedsWith };
  const [alone, verify, history] = inTurn(RUNS, commands, options) as [Run, Run, Run];
  const ratio = verify.seconds / alone.seconds;
  const shown = ({ seconds, rss }: Run) => `${seconds.toFixed(2)} s, ${Math.round(rss)} MB at most`;
  const mb = (n: number) => Math.round(n / 1e6);
  console.log(`${events} events, ${mb(Number(alone.out))} MB, ${mb(bytes)} MB compressed`);
  console.log(`  gunzip and SHA-256 alone   ${shown(alone)}`);
  console.log(
    `  tagledger verify           ${shown(verify)}, ${Math.round(events / verify.seconds)} events/s`,
  );
  console.log(`  time, beside them          ${ratio.toFixed(2)}×`);
  console.log(`  tagledger history          ${shown(history)}`);
  return { ratio, verify, history };
};

try {
  execFileSync('npm', ['run', '--silent', 'build:cli'], { stdio: 'inherit' });
  const small = await measure(EVENTS / 10);
  const large = await measure(EVENTS);
  const growth = large.verify.rss / small.verify.rss;
  console.log(`${EVENTS} events take ${large.ratio.toFixed(2)}× the time (at most ${MOST_TIME}× wanted)`);
  console.log(`and ${growth.toFixed(2)}× the memory of a tenth (at most ${MOST_MEMORY}× wanted)`);
  const sought = large.history.seconds / large.verify.seconds;
  console.log(
    `the history of a resource takes ${sought.toFixed(2)}× its time (at most ${MOST_HISTORY}× wanted)`,
  );
  if (large.ratio > MOST_TIME || growth > MOST_MEMORY || sought > MOST_HISTORY) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
