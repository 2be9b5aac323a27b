import { type ProgressMode, progressTo, type ShowProgress } from './progress.ts';

/** The common output formats. */
export const FORMATS = ['text', 'json', 'ndjson'] as const;
export type Format = (typeof FORMATS)[number];

/** Where a command writes: results go to stdout, messages to stderr. */
export interface Console {
  /** Writes a line of a result. */
  readonly stdout: (line: string) => void;
  /** Writes a line of a message. */
  readonly stderr: (line: string) => void;
  readonly progress: ShowProgress;
  /** The width of the terminal in columns; absent if stdout is not a terminal. */
  readonly width?: number;
}

/** The width of a terminal that does not know its own. */
const USUAL_WIDTH = 80;

/** What the console of a process is made for. */
export interface ConsoleOptions {
  /** The name of the command. Progress begins with it. */
  readonly command?: string;
  /** By default, progress is drawn if stderr is a terminal, and not shown otherwise. It is never drawn elsewhere. */
  readonly progress?: ProgressMode;
}

/** The console of this process. `clear` erases the progress that is drawn before anything else is written. */
export const processConsole = ({
  command = 'tagledger',
  progress: mode = 'draw',
}: ConsoleOptions = {}): Console & {
  readonly clear: () => void;
} => {
  const { stdout, stderr } = process;
  const { show: progress, clear } = progressTo({
    mode: mode === 'draw' && !stderr.isTTY ? 'off' : mode,
    command,
    now: () => performance.now(),
    write: (text) => stderr.write(text),
    width: () => stderr.columns || USUAL_WIDTH,
  });
  return {
    stdout: (line) => {
      clear();
      stdout.write(`${line}\n`);
    },
    ...(stdout.isTTY && { width: stdout.columns }),
    stderr: (line) => {
      clear();
      stderr.write(`${line}\n`);
    },
    progress,
    clear,
  };
};
