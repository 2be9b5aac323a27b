import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../../../src/cli/main.ts';
import { PLAIN_TEXT, type TextStyle } from '../../../src/cli/text-style.ts';

/** What a command line did: its exit code, and what it wrote to stdout and stderr. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  /** Without the provenance of an answer, which names the moment at which it was asked. */
  readonly said: string;
  readonly provenance: string;
}

/**
 * Runs a command line in this process, with nothing but `env` in its environment. Its output is piped, unless
 * `style` says that it goes to a terminal.
 */
export const run = async (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  style: TextStyle = PLAIN_TEXT,
): Promise<Ran> => {
  const { code, lines } = await runInOrder(args, env, style);
  const isProvenance = (text: string) => /^(?:answered from|its archive had|repeat it with:) /.test(text);
  const out = lines.filter(({ to }) => to === 'stdout').map(({ text }) => text);
  const said = lines.filter(({ to }) => to === 'stderr').map(({ text }) => text);
  return {
    code,
    out: out.join(''),
    said: said.filter((line) => !isProvenance(line)).join(''),
    provenance: said.filter(isProvenance).join(''),
  };
};

interface Line {
  readonly to: 'stdout' | 'stderr';
  readonly text: string;
}

/** Runs a command line in the same way, and gives what it wrote in the order in which it was written. */
export const runInOrder = async (
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  style: TextStyle = PLAIN_TEXT,
): Promise<{ readonly code: number; readonly lines: readonly Line[] }> => {
  const lines: Line[] = [];
  const code = await main(args, env, () => ({
    stdout: (line) => lines.push({ to: 'stdout', text: `${line}\n` }),
    stderr: (line) => lines.push({ to: 'stderr', text: `${line}\n` }),
    note: (line) => lines.push({ to: 'stderr', text: `${line}\n` }),
    progress: () => {},
    style,
  }));
  return { code, lines };
};

/** An answer in JSON without its provenance, which names the moment at which it was asked. */
export const withoutProvenance = (out: string) => {
  const { provenance: _, ...answer } = JSON.parse(out);
  return answer;
};

/** The values in a text with one JSON value a line. */
export const linesOf = <T = Record<string, unknown>>(text: string): T[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

/** A folder that is removed after the tests of a suite. */
export const temporaryFolder = (suite: { after: (hook: () => void) => void }): string => {
  const folder = mkdtempSync(join(tmpdir(), 'tagledger-cli-'));
  suite.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};
