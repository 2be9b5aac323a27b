import type { ParseArgsConfig } from 'node:util';
import type { Exit } from './exit-codes.ts';
import type { Console, Format } from './terminal.ts';

type OptionValue = string | boolean;

/** What a command is run with. `F` are the formats in which it writes. */
export interface Invocation<F extends string = Format> {
  readonly positionals: readonly string[];
  /** The command's own options; a list for one that may come several times. */
  readonly values: Readonly<Record<string, OptionValue | readonly OptionValue[] | undefined>>;
  readonly format: F;
  /** The value of `--ledger`. */
  readonly ledger: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly console: Console;
}

/** A command of the command line, which writes in the formats `F`. */
export interface Command<F extends string = Format> {
  /** How it is typed, without `tagledger`. */
  readonly usage: string;
  readonly summary: string;
  /** Options beside `--ledger` and `--format`. One that is `multiple` gives a list; of any other the last one counts. */
  readonly options: NonNullable<ParseArgsConfig['options']>;
  /** Its formats, the default first, where they are other than the usual ones. */
  readonly formats?: readonly string[];
  /** All the ways in which it can end, but for being interrupted, which is the same for all. */
  readonly exits: readonly Exit[];
  /** Does it, and says how it ended. Errors are reported by the caller. */
  readonly run: (invocation: Invocation<F>) => Promise<Exit>;
}
