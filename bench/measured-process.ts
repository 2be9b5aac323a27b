import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A run of a process of Node, its start included. */
export interface Run {
  readonly seconds: number;
  /** The peak of the process, in MB. */
  readonly rss: number;
  /** What it wrote to stdout, where that is kept: taking it in takes time. */
  readonly out: string;
}

interface RunOptions {
  /** Where a process leaves its peak. */
  readonly rssFile: string;
  readonly keepsOut?: boolean;
  /** The exit codes with which a command succeeds; 0 by default. */
  readonly succeedsWith?: readonly number[];
}

const WATCH = `data:text/javascript,${encodeURIComponent(`
import { writeFileSync } from 'node:fs';
process.on('exit', () => writeFileSync(process.env.BENCH_RSS, String(process.resourceUsage().maxRSS)));
`)}`;

/**
 * Runs commands in turn, so that what else the machine does meets them alike; of each the fastest of `runs` runs, with the
 * largest memory of all. Throws when one fails.
 */
export const inTurn = (
  runs: number,
  commands: readonly (readonly string[])[],
  options: RunOptions,
): readonly Run[] => {
  const rounds = Array.from({ length: runs }, () => commands.map((args) => run(args, options)));
  return commands.map((_, i) => {
    const all = rounds.map((round) => round[i] as Run);
    const [fastest] = all.toSorted((a, b) => a.seconds - b.seconds) as [Run];
    return { ...fastest, rss: Math.max(...all.map(({ rss }) => rss)) };
  });
};

const run = (args: readonly string[], { rssFile, keepsOut = false, succeedsWith = [0] }: RunOptions): Run => {
  const begin = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', WATCH, ...args], {
    env: { ...process.env, BENCH_RSS: rssFile },
    stdio: ['ignore', keepsOut ? 'pipe' : 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  const seconds = (performance.now() - begin) / 1000;
  if (status === null || !succeedsWith.includes(status))
    throw new Error(`a process ended with ${status}: ${stderr}`);
  return { seconds, rss: Number(readFileSync(rssFile, 'utf8')) / 1024, out: stdout ?? '' };
};
