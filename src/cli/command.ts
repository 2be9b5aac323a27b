import type { ParseArgsConfig } from 'node:util';
import type { Console, Format } from './console.ts';

type OptionValue = string | boolean;

/** What a command is run with. */
export interface Invocation {
  readonly positionals: readonly string[];
  /** The command's own options; a list for one that may come several times. */
  readonly values: Readonly<Record<string, OptionValue | readonly OptionValue[] | undefined>>;
  readonly format: Format;
  /** The value of `--ledger`. */
  readonly ledger: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly console: Console;
}

/** A command of the command line. */
export interface Command {
  /** How it is typed, without `tagledger`. */
  readonly usage: string;
  readonly summary: string;
  /** Options beside `--ledger` and `--format`. One that is `multiple` gives a list; of any other the last one counts. */
  readonly options: NonNullable<ParseArgsConfig['options']>;
  /** Does it, and returns the exit code: 0 done, 1 failed, 3 differences found. Errors are reported by the caller. */
  readonly run: (invocation: Invocation) => Promise<number>;
}
