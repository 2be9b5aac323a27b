import type { ParseArgsConfig } from 'node:util';
import type { Exit } from './exit-codes.ts';
import type { Console, Format } from './terminal.ts';

type OptionValue = string | boolean;

/** What a command is run with. `F` are the formats that the command supports. */
export interface Invocation<F extends string = Format> {
  /** The words of the command line, from the name of the command on. */
  readonly typed: readonly string[];
  readonly positionals: readonly string[];
  /** The command's own options. An option that can be repeated has a list. */
  readonly values: Readonly<Record<string, OptionValue | readonly OptionValue[] | undefined>>;
  readonly format: F;
  /** The value of `--ledger`. */
  readonly ledger: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly console: Console;
}

/** A subcommand of `tagledger`. `F` are its output formats. */
export interface Command<F extends string = Format> {
  /** The command's syntax, without `tagledger`. */
  readonly usage: string;
  readonly summary: string;
  /**
   * Options other than `--ledger` and `--format`. A `multiple` option yields a list; of any other option, the
   * last value counts.
   */
  readonly options: NonNullable<ParseArgsConfig['options']>;
  /** The command's formats, the default first; absent if it has the common formats. */
  readonly formats?: readonly string[];
  /** Every way the command can end, except by interruption, which all commands share. */
  readonly exits: readonly Exit[];
  /** Runs the command and returns how it ended. The caller reports errors. */
  readonly run: (invocation: Invocation<F>) => Promise<Exit>;
}
