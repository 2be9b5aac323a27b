import { type ProgressMode, progressTo, type ShowProgress } from './progress.ts';
import { type TextStyle, textStyleOf } from './text-style.ts';

/** The common output formats. The word `wide` stands for `text` with a console that has no width. */
export const FORMATS = ['text', 'json', 'ndjson'] as const;
export type Format = (typeof FORMATS)[number];

/** Where a command writes: results go to stdout, messages to stderr. */
export interface Console {
  /** Writes a line of a result. */
  readonly stdout: (line: string) => void;
  /** Writes a line of a message. */
  readonly stderr: (line: string) => void;
  /** Writes a line of a message that `--quiet` leaves out: how to ask again, and what will be spelled otherwise. */
  readonly note: (line: string) => void;
  readonly progress: ShowProgress;
  /** How text on stdout looks. */
  readonly style: TextStyle;
}

/** The width of a terminal that does not know its own. */
const USUAL_WIDTH = 80;

/** What the console of a process is made for. */
export interface ConsoleOptions {
  /** The name of the command. Progress begins with it. */
  readonly command?: string;
  /** By default, progress is drawn if stderr is a terminal, and not shown otherwise. It is never drawn elsewhere. */
  readonly progress?: ProgressMode;
  /** Leaves out notes. */
  readonly quiet?: boolean;
  /** The environment, which decides about colours and letters. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The console of this process. `clear` erases the progress that is drawn before anything else is written. */
export const processConsole = ({
  command = 'tagledger',
  progress: mode = 'draw',
  quiet = false,
  env,
}: ConsoleOptions): Console & {
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
  const message = (line: string) => {
    clear();
    stderr.write(`${line}\n`);
  };
  return {
    stdout: (line) => {
      clear();
      stdout.write(`${line}\n`);
    },
    style: textStyleOf(stdout, env),
    stderr: message,
    note: quiet ? () => {} : message,
    progress,
    clear,
  };
};
