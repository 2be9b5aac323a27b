import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';

/** What a process held at a moment. */
export interface Sample {
  /** In ms since the process began. */
  readonly age: number;
  /** Resident memory in MB. */
  readonly memory: number;
  /** Open files and sockets. */
  readonly handles: number;
}

/** A command that is run again and again. */
export interface WatchedProcess {
  /** Ends it at once, as a crash does, and starts it anew. */
  restart(): Promise<void>;
  /** Lets it end by itself. Rejects when it did not end well. */
  stop(): Promise<void>;
  /** Looks at it now. */
  sample(): Sample | undefined;
}

/** Starts a command. That it ends before it is told to is an error, which `stop`, `restart` and `sample` throw. */
export const watchedProcess = (args: readonly string[], env: Record<string, string>): WatchedProcess => {
  let child: ChildProcess;
  let startedAt = 0;
  let isWanted = true;
  let failure: Error | undefined;

  const start = () => {
    const one = spawn(process.execPath, args, {
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    one.stderr.on('data', (text: Buffer) => {
      said = `${said}${text}`.slice(-2_000);
    });
    one.once('close', (code, signal) => {
      if (isWanted && one === child) failure = new Error(`the process ended with ${code ?? signal}: ${said}`);
    });
    child = one;
    startedAt = Date.now();
    isWanted = true;
  };
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (failure) throw failure;
    isWanted = false;
    const closed = once(child, 'close');
    child.kill(signal);
    const [code] = await closed;
    return code;
  };
  start();
  process.once('exit', () => child.kill('SIGKILL'));

  return {
    async restart() {
      await end('SIGKILL');
      start();
    },
    async stop() {
      const code = await end('SIGTERM');
      if (code !== 0) throw new Error(`the process ended with ${code} when it was told to end`);
    },
    sample() {
      if (failure) throw failure;
      return sampleOf(child.pid, Date.now() - startedAt);
    },
  };
};

/** What a process holds, from Linux' /proc; undefined elsewhere, and for a process that is ending. */
export const sampleOf = (pid: number | undefined, age: number): Sample | undefined => {
  try {
    const memory = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    if (memory === undefined) return undefined;
    return { age, memory: Number(memory) / 1024, handles: readdirSync(`/proc/${pid}/fd`).length };
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes(String((error as NodeJS.ErrnoException).code))) return undefined;
    throw error;
  }
};
