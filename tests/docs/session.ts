import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import process from 'node:process';
import { runInOrder } from '../support/cli/command-line.ts';
import { masked } from './masks.ts';
import { PREPARE } from './prepare.ts';
import {
  type Block,
  blocksIn,
  isShown,
  readCommand,
  renewed,
  type Sample,
  samplesIn,
  withBlocks,
  written,
} from './samples.ts';

/** The names in a folder that match the last part of a pattern, sorted as a shell does. */
const glob = (pattern: string): string[] => {
  const folder = dirname(pattern);
  const [before = '', after = ''] = basename(pattern).split('*');
  return readdirSync(folder)
    .filter((name) => name.startsWith(before) && name.endsWith(after))
    .sort()
    .map((name) => (pattern.includes('/') ? join(folder, name) : name));
};

const linesOf = (text: string): string[] => text.replace(/\n$/, '').split('\n');

/** Runs the command of a sample in the current folder, which may read a file as `cat` does, or tagledger. */
const runSample = async ({ typed }: Sample): Promise<{ lines: string[]; exitCode: number }> => {
  const { args, env, both, into } = readCommand(typed, glob);
  const [first = '', ...rest] = args[0] === 'npx' ? args.slice(1) : args;
  if (first === 'cat')
    return { lines: linesOf(rest.map((file) => readFileSync(file, 'utf8')).join('')), exitCode: 0 };
  if (first !== 'tagledger')
    throw new Error(
      `"${typed.join('\n')}" is not run by this test: mark its block with <!-- not run: REASON -->`,
    );
  const { code, lines } = await runInOrder(rest, env);
  const textTo = (some: readonly string[]): string =>
    lines
      .filter(({ to }) => some.includes(to))
      .map(({ text }) => text)
      .join('');
  if (into !== undefined) writeFileSync(into, textTo(['stdout']));
  const shown = both ? ['stdout', 'stderr'] : ['stdout'];
  return { lines: into === undefined ? linesOf(textTo(shown)) : [], exitCode: code };
};

interface Difference {
  readonly line: number;
  readonly command: string;
  readonly written: string;
  readonly actual: string;
}

interface Session {
  readonly ran: number;
  readonly notRun: readonly string[];
  readonly differences: readonly Difference[];
  /** The page with the outputs as they are. */
  readonly renewed: string;
}

/** Runs `work` in a new folder that holds a copy of the demo's ledger and the examples. */
const inFreshFolder = async <T>(demo: string, work: () => Promise<T>): Promise<T> => {
  const root = process.cwd();
  const folder = mkdtempSync(join(tmpdir(), 'tagledger-docs-'));
  try {
    cpSync(demo, join(folder, '.tagledger'), { recursive: true });
    symlinkSync(join(root, 'examples'), join(folder, 'examples'));
    // A package that other tests load keeps what cwd() says until `process.chdir` is called, and not the function alone.
    process.chdir(folder);
    return await work();
  } finally {
    process.chdir(root);
    rmSync(folder, { recursive: true, force: true });
  }
};

const outputOf = (sample: Sample): string => written(sample).slice(sample.typed.length).join('\n');

/** Runs what is above a block: its steps, and its file. */
const prepareFor = async ({ prepare, file, from, lines }: Block): Promise<void> => {
  for (const name of prepare) {
    const step = PREPARE[name];
    if (!step) throw new Error(`line ${from}: no step is called "${name}"`);
    await step();
  }
  if (file !== undefined) writeFileSync(file, `${lines.join('\n')}\n`);
};

/** Runs the samples of a block, and returns its lines with the outputs as they are, and what differs. */
const runBlock = async (
  samples: readonly Sample[],
): Promise<{ lines: string[]; differences: Difference[] }> => {
  const lines: string[] = [];
  const differences: Difference[] = [];
  for (const sample of samples) {
    const ran = await runSample(sample);
    const now = { ...sample, output: ran.lines, exitCode: ran.exitCode };
    if (!isShown(sample.output, ran.lines, masked) || sample.exitCode !== ran.exitCode) {
      const [command, line] = [sample.typed.join('\n'), sample.line];
      differences.push({ line, command, written: outputOf(sample), actual: outputOf(now) });
    }
    lines.push(...written({ ...now, output: renewed(sample.output, ran.lines, masked) }));
  }
  return { lines, differences };
};

/** Runs the samples of a page in their order, all in one folder. `demo` is a ledger as `tagledger demo` makes it. */
export const runPage = (markdown: string, demo: string): Promise<Session> =>
  inFreshFolder(demo, async () => {
    const notRun: string[] = [];
    const differences: Difference[] = [];
    const changes: { block: Block; lines: string[] }[] = [];
    let ran = 0;
    for (const block of blocksIn(markdown)) {
      await prepareFor(block);
      const samples = block.language === 'console' ? samplesIn(block) : [];
      if (block.notRun !== undefined) {
        notRun.push(...samples.map(() => block.notRun ?? ''));
        continue;
      }
      const done = await runBlock(samples);
      ran += samples.length;
      differences.push(...done.differences);
      if (done.differences.length > 0) changes.push({ block, lines: done.lines });
    }
    return { ran, notRun, differences, renewed: withBlocks(markdown, changes) };
  });
