import { type ChildProcess, spawn } from 'node:child_process';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** What a process did. */
export interface Exited {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly said: string;
}

/** Starts `tagledger` as a process of its own. */
export const start = (
  args: readonly string[],
  {
    env = {},
    input = '',
    staysOpen = false,
  }: {
    readonly env?: Record<string, string>;
    readonly input?: string;
    /** Whether more input may come, which never does. */
    readonly staysOpen?: boolean;
  } = {},
): { readonly child: ChildProcess; readonly exited: Promise<Exited> } => {
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/cli/tagledger.ts', ...args], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, ...env },
  });
  child.stdin.on('error', () => {}); // Who does not read its input closes it.
  if (staysOpen) child.stdin.write(input);
  else child.stdin.end(input);
  const exited = new Promise<Omit<Exited, 'out' | 'said'>>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
  const texts = [child.stdout, child.stderr].map((stream) => buffer(stream).catch(() => Buffer.alloc(0)));
  return {
    child,
    exited: Promise.all([exited, ...texts]).then(([end, out, said]) => ({
      ...end,
      out: String(out),
      said: String(said),
    })),
  };
};
