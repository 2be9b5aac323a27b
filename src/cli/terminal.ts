import { withFoldVersion } from '../events/resource.ts';

/** How results are written. */
export const FORMATS = ['text', 'json', 'ndjson'] as const;
export type Format = (typeof FORMATS)[number];

/** Where a command writes: results go to stdout, messages to stderr. */
export interface Console {
  /** Writes a line of a result. */
  readonly stdout: (line: string) => void;
  /** Writes a line of a message. */
  readonly stderr: (line: string) => void;
  /** Shows how far a long command is, on a terminal only; `total` is undefined while nobody knows it. */
  readonly progress: (done: number, total: number | undefined, what: string) => void;
  /** The columns of the terminal that data goes to; absent where it goes elsewhere. */
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

/** Writes an answer that folding made and that is one object: as JSON, or on one line (NDJSON). */
export const writeFolded = ({ stdout }: Console, format: 'json' | 'ndjson', answer: object): void =>
  stdout(JSON.stringify(withFoldVersion(answer), null, format === 'json' ? 2 : 0));

/** Writes an answer that folding made and that is a list, as {@link writeList} does; each row has the fold's version. */
export const writeFoldedList = (console: Console, format: 'json' | 'ndjson', rows: readonly object[]): void =>
  writeList(console, format, rows.map(withFoldVersion));

/** Writes a list of things as JSON (one array) or as NDJSON (one a line). */
export const writeList = (
  { stdout }: Console,
  format: 'json' | 'ndjson',
  items: readonly unknown[],
): void => {
  if (format === 'json') stdout(JSON.stringify(items, null, 2));
  else for (const item of items) stdout(JSON.stringify(item));
};
