import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeTrail } from './make-trail.ts';
import { inTurn, type Run } from './measured-process.ts';

/**
 * An embedded ledger on disk: `ingest` of a made-up trail beside `plan` of the same file; then `list`, `history`
 * and `state` on that ledger beside `--version`, which opens nothing. Each is a process of its own, start
 * included, in turn, the best of five. `npm run bench:embedded [-- MB]`
 */
const MEGABYTES = Number(process.argv[2] ?? 30);
const RUNS = 5;
const PROGRAM = 'dist/tagledger.js';

const folder = mkdtempSync(join(tmpdir(), 'tagledger-bench-'));
const rssFile = join(folder, 'rss');

/** The faster of two runs; the first may be missing. */
const faster = (a: Run | undefined, b: Run): Run => (a && a.seconds <= b.seconds ? a : b);
const shown = ({ seconds, rss }: Run): string => `${seconds.toFixed(2)} s, ${Math.round(rss)} MB at most`;

/** Ingests into a new ledger each time. Returns the last ledger. */
const ingests = (file: string, records: number): string => {
  let [plan, ingest]: (Run | undefined)[] = [];
  let ledger = '';
  for (let i = 0; i < RUNS; i++) {
    ledger = join(folder, `ledger-${i}`);
    const [planned, ingested] = inTurn(
      1,
      [
        [PROGRAM, 'plan', file],
        [PROGRAM, 'ingest', file, '--ledger', ledger],
      ],
      { rssFile },
    ) as [Run, Run];
    plan = faster(plan, planned);
    ingest = faster(ingest, ingested);
  }
  if (!plan || !ingest) throw new Error('nothing was measured');
  console.log(`${MEGABYTES} MB, ${records} records`);
  console.log(`  plan      ${shown(plan)}`);
  console.log(`  ingest    ${shown(ingest)}, ${(ingest.seconds / plan.seconds).toFixed(1)}× plan`);
  return ledger;
};

const questions = (ledger: string): void => {
  const list = execFileSync(process.execPath, [PROGRAM, 'list', '--format', 'ndjson', '--ledger', ledger], {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  const rows = list.trim().split('\n');
  const { id } = JSON.parse(rows[0] ?? '{}');
  const names = ['--version', 'list', `history ${id}`, `state ${id}`];
  const commands = names.map((name) => [
    PROGRAM,
    ...name.split(' '),
    ...(name === '--version' ? [] : ['--ledger', ledger]),
  ]);
  const runs = inTurn(RUNS, commands, { rssFile });
  const [version] = runs as [Run];
  console.log(`${rows.length} resources`);
  for (const [i, run] of runs.entries())
    console.log(
      `  ${names[i]?.padEnd(30)}${shown(run)}, ${(run.seconds / version.seconds).toFixed(1)}× --version`,
    );
};

try {
  execFileSync('npm', ['run', '--silent', 'build:cli'], { stdio: 'inherit' });
  const file = join(folder, 'trail.json.gz');
  const { records } = await makeTrail(file, MEGABYTES);
  questions(ingests(file, records));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
