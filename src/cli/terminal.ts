/** The common output formats. */
export const FORMATS = ['text', 'json', 'ndjson'] as const;
export type Format = (typeof FORMATS)[number];

/** Where a command writes: results go to stdout, messages to stderr. */
export interface Console {
  /** Writes a line of a result. */
  readonly stdout: (line: string) => void;
  /** Writes a line of a message. */
  readonly stderr: (line: string) => void;
  /** Shows the progress of a long command, only on a terminal. `total` is undefined while it is not known. */
  readonly progress: (done: number, total: number | undefined, what: string) => void;
  /** The width of the terminal in columns; absent if stdout is not a terminal. */
  readonly width?: number;
}

const BAR = 30;

/** The console of this process. */
export const processConsole = (): Console => ({
  stdout: (line) => process.stdout.write(`${line}\n`),
  ...(process.stdout.isTTY && { width: process.stdout.columns }),
  stderr: (line) => process.stderr.write(`${line}\n`),
  progress: (done, total, what) => {
    if (!process.stderr.isTTY) return;
    if (total === undefined) {
      process.stderr.write(`\r${done} ${what}`);
      return;
    }
    const full = total === 0 ? BAR : Math.round((BAR * done) / total);
    const bar = '#'.repeat(full) + '.'.repeat(BAR - full);
    process.stderr.write(`\r[${bar}] ${done}/${total} ${what}${done === total ? '\n' : ''}`);
  },
});
