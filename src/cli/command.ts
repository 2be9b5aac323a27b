import type { Exit } from './exit-codes.ts';
import type { Console, Format } from './terminal.ts';

/** An option of a command. Without `value` and `choices` it is a switch. */
export interface Flag {
  /** One plain sentence. */
  readonly brief: string;
  /** What stands for its value in help, such as `TIME`. */
  readonly value?: string;
  /** Its possible values, if they are few. */
  readonly choices?: readonly string[];
  /** It can be repeated. */
  readonly many?: true;
  /** The value that is used without it. */
  readonly default?: string;
  /** The environment variable that gives its value without it. */
  readonly env?: string;
  /** One letter. */
  readonly short?: string;
  /** Other spellings, without dashes. */
  readonly alias?: readonly string[];
  /** It works, but help does not show it. */
  readonly hidden?: true;
  /** Throws an `InvalidInputError` or a `WrongUsageError` for a value of another form. */
  readonly check?: (option: string, value: string) => unknown;
  /** Old spellings, without dashes. They work until the next minor version, with a note. */
  readonly formerly?: readonly string[];
  /** Old spellings of its values, each with the present one. They work as long, with a note. */
  readonly formerValues?: Readonly<Record<string, string>>;
}

/** Whether an option has no value. */
export const isSwitch = ({ value, choices }: Flag): boolean => value === undefined && choices === undefined;

/** All names under which an option can be typed, without dashes: its own, others, and old ones. */
export const namesOf = (name: string, { alias = [], formerly = [] }: Flag): readonly string[] => [
  name,
  ...alias,
  ...formerly,
];

/** The options that help names. */
export const shownFlags = (flags: Flags): readonly (readonly [name: string, flag: Flag])[] =>
  Object.entries(flags).filter(([, { hidden }]) => !hidden);

/** Options by name, without dashes. */
export type Flags = Readonly<Record<string, Flag>>;

/** An argument of a command that has no name of its own on the command line. */
export interface Argument {
  readonly brief: string;
  readonly choices?: readonly string[];
  /** Takes all that is left. */
  readonly many?: true;
  readonly optional?: true;
}

/** Arguments by name, in their order. */
export type Arguments = Readonly<Record<string, Argument>>;

type Repeated<F extends Flag, T> = F extends { readonly many: true }
  ? readonly T[]
  : F extends { readonly default: string }
    ? T
    : T | undefined;

type ValueOf<F extends Flag> = F extends { readonly choices: readonly (infer C)[] }
  ? Repeated<F, C>
  : F extends { readonly value: string }
    ? Repeated<F, string>
    : boolean;

/** The values of options. A switch that is absent is false, a repeatable option without a value is an empty list. */
export type Values<F extends Flags> = { readonly [Name in keyof F]: ValueOf<F[Name]> };

type GivenOf<A extends Argument> = A extends { readonly choices: readonly (infer C)[] }
  ? C
  : A extends { readonly many: true }
    ? readonly string[]
    : A extends { readonly optional: true }
      ? string | undefined
      : string;

/** The values of arguments. One that can be repeated is a list, which is empty only if the argument is optional. */
type Given<A extends Arguments> = { readonly [Name in keyof A]: GivenOf<A[Name]> };

/** Where a command runs, apart from its own options. */
export interface Context {
  /** The words of the command line, from the name of the command on. */
  readonly typed: readonly string[];
  /** The value of `--ledger`. */
  readonly ledger: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly console: Console;
}

/** What a command is run with. `format` is undefined for a command with a fixed output. */
export interface Invocation<
  F extends Flags = Flags,
  A extends Arguments = Arguments,
  O extends string | undefined = Format,
> extends Context {
  readonly values: Values<F>;
  readonly args: Given<A>;
  readonly format: O;
}

/** The headings under which help lists the commands. */
export const GROUPS = ['Start', 'Ask', 'Prove', 'Operate', 'Policies'] as const;

/** A command line that is worth showing, and what it does. */
interface Example {
  /** What follows `tagledger`. */
  readonly line: string;
  readonly brief: string;
}

/** A subcommand of `tagledger`, as its folder defines it. */
interface Definition<F extends Flags, A extends Arguments, O extends string | undefined> {
  readonly name: string;
  readonly group: (typeof GROUPS)[number];
  /** One plain sentence. */
  readonly brief: string;
  /** What is worth knowing beyond that, in paragraphs. */
  readonly details?: readonly string[];
  readonly args: A;
  readonly flags: F;
  /** Its output formats, the default first; none if it has a fixed output. */
  readonly formats: readonly NonNullable<O>[];
  /** Every way the command can end, except by interruption, which all commands share. */
  readonly exits: readonly Exit[];
  readonly examples: readonly Example[];
  /** Loads what runs the command, so that help and other commands need not wait for it. */
  readonly load: () => Promise<{
    /** Runs the command and returns how it ended. The caller reports errors. */
    readonly run: (invocation: Invocation<F, A, O>) => Promise<Exit>;
  }>;
}

/** The words of a command line by the names of options and arguments, as the parser reads them. */
export interface ParsedWords {
  readonly values: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
  readonly args: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** A subcommand of `tagledger`, as help and the parser see it. */
export interface Command extends Omit<Definition<Flags, Arguments, string>, 'load'> {
  /** Loads and runs the command. Throws a `TypeError` for words that do not fit its definition. */
  readonly start: (words: ParsedWords, context: Context) => Promise<Exit>;
}

/** Makes a command of its definition. */
export const defineCommand = <
  const F extends Flags,
  const A extends Arguments,
  const O extends string | undefined,
>({
  load,
  ...command
}: Definition<F, A, O>): Command => {
  const { name, flags, formats } = command;
  const isFormat = (format: unknown): format is O =>
    formats.length === 0 ? format === undefined : formats.some((one) => one === format);
  return {
    ...command,
    start: async ({ values, args }, context) => {
      const format = values.output === 'wide' ? 'text' : values.output;
      if (!isFormat(format) || !areValuesOf(flags, values) || !areGiven(command.args, args))
        throw new TypeError(`The parsed words do not fit the definition of ${name}.`);
      const { run } = await load();
      return await run({ ...context, values, args, format });
    },
  };
};

/** Whether parsed values are what the options ask for. */
export const areValuesOf = <F extends Flags>(flags: F, values: ParsedWords['values']): values is Values<F> =>
  Object.entries(flags).every(([name, flag]) => {
    const value = values[name];
    if (isSwitch(flag)) return typeof value === 'boolean';
    if (flag.many) return Array.isArray(value) && value.every((one) => isChoice(flag, one));
    return value === undefined ? flag.default === undefined : isChoice(flag, value);
  });

const areGiven = <A extends Arguments>(wanted: A, args: ParsedWords['args']): args is Given<A> =>
  Object.entries(wanted).every(([name, argument]) => {
    const value = args[name];
    if (argument.many) return Array.isArray(value);
    return value === undefined ? argument.optional === true : isChoice(argument, value);
  });

const isChoice = ({ choices }: Pick<Flag, 'choices'>, value: unknown): boolean =>
  typeof value === 'string' && (choices === undefined || choices.includes(value));
