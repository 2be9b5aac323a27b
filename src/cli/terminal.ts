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

/** What a command line asks of its console. */
export interface OutputWishes {
  /** The name of the command. Progress begins with it. */
  readonly command?: string;
  /** Writes no notes and no progress. */
  readonly quiet?: boolean;
  /** Writes progress as a line now and then where stderr is no terminal. */
  readonly verbose?: boolean;
  readonly 'no-color'?: boolean;
  readonly 'no-progress'?: boolean;
}

/** Makes the console that a command line asks for. */
export type ConsoleFor = (wishes: OutputWishes) => Console;

/**
 * The consoles of this process. The environment decides about colours and letters where a command line does not.
 * `clear` erases the progress that is drawn, as every console does before it writes.
 */
export const processConsoles = (
  env: Readonly<Record<string, string | undefined>>,
): { readonly consoleFor: ConsoleFor; readonly clear: () => void } => {
  const { stdout, stderr } = process;
  let erase = (): void => {};
  const clear = (): void => erase();
  const writeTo =
    (stream: NodeJS.WriteStream) =>
    (line: string): void => {
      clear();
      stream.write(`${line}\n`);
    };
  const consoleFor: ConsoleFor = (wishes) => {
    const progress = progressTo({
      mode: progressModeOf(wishes, stderr.isTTY, env),
      command: wishes.command ?? 'tagledger',
      now: () => performance.now(),
      write: (text) => stderr.write(text),
      width: () => stderr.columns || USUAL_WIDTH,
    });
    erase = progress.clear;
    return {
      stdout: writeTo(stdout),
      stderr: writeTo(stderr),
      note: wishes.quiet ? () => {} : writeTo(stderr),
      progress: progress.show,
      style: textStyleOf(stdout, wishes['no-color'] ? { ...env, FORCE_COLOR: '0' } : env),
    };
  };
  return { consoleFor, clear };
};

/** Progress is drawn on a terminal only, and not on a dumb one, which cannot erase a line. */
const progressModeOf = (
  wishes: OutputWishes,
  isTerminal: boolean,
  { TERM }: Readonly<Record<string, string | undefined>>,
): ProgressMode => {
  if (wishes.quiet || wishes['no-progress'] || TERM === 'dumb') return 'off';
  if (isTerminal) return 'draw';
  return wishes.verbose ? 'lines' : 'off';
};
