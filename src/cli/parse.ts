import { CommanderError, Option, Command as Parser } from 'commander';
import { InvalidInputError } from '../shared/errors.ts';
import { capitalized, sentence } from '../shared/text.ts';
import {
  type Command,
  type Flag,
  type Flags,
  isSwitch,
  namesOf,
  type ParsedWords,
  shownFlags,
} from './command.ts';
import { WrongUsageError } from './errors.ts';
import { unknownText } from './option-values.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** A parsed command line. */
export interface CommandLine extends ParsedWords {
  /** What to say of spellings that will stop working. */
  readonly notes: readonly string[];
}

/**
 * Parses what follows the name of a command. Throws a `WrongUsageError` that names every problem: unknown options,
 * values that are no choice, missing and superfluous arguments. The checks of single values, such as times, are those
 * of the command.
 */
export const parse = (command: Command, common: Flags, env: Env, words: readonly string[]): CommandLine => {
  const flags: Flags = { ...common, ...command.flags };
  const parser = parserOf(flags);
  try {
    parser.parse([...words], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw problemsError(command, [sentenceOf(error)]);
  }
  const given = parser.opts();
  const notes: string[] = [];
  const values: Record<string, CommandLine['values'][string]> = {};
  for (const [name, flag] of Object.entries(flags)) {
    const read = readFlag(name, flag, given, env);
    values[name] = read.value;
    notes.push(...read.notes);
  }
  const problems = [
    ...choiceProblems(flags, values),
    ...formProblems(flags, values),
    ...argumentProblems(command, flags, parser.args),
  ];
  if (problems.length > 0) throw problemsError(command, problems);
  return { values, args: argumentsOf(command, parser.args), notes };
};

const parserOf = (flags: Flags): Parser => {
  const parser = new Parser()
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  for (const [name, flag] of Object.entries(flags)) {
    const short = flag.short ? `-${flag.short}, ` : '';
    const [own = name, ...others] = namesOf(name, flag);
    parser.addOption(optionOf(`${short}--${own}`, flag));
    for (const other of others) parser.addOption(optionOf(`--${other}`, flag));
  }
  return parser;
};

const optionOf = (spelling: string, flag: Flag): Option =>
  isSwitch(flag)
    ? new Option(spelling)
    : new Option(`${spelling} <value>`).argParser((value: string, before: string[] | undefined) =>
        flag.many ? [...(before ?? []), value] : [value],
      );

/** The name under which the parser keeps the value of an option. */
const keyOf = (name: string): string => new Option(`--${name}`).attributeName();

const readFlag = (
  name: string,
  flag: Flag,
  given: Readonly<Record<string, unknown>>,
  env: Env,
): { readonly value: CommandLine['values'][string]; readonly notes: readonly string[] } => {
  const old = (flag.formerly ?? []).filter((one) => given[keyOf(one)] !== undefined);
  const words = namesOf(name, flag).map((one) => given[keyOf(one)]);
  if (isSwitch(flag)) return { value: words.includes(!name.startsWith('no-')), notes: [] };
  const typed = words.flatMap((one) => (Array.isArray(one) ? one.map(String) : []));
  const renamed = typed.filter((text) => Object.hasOwn(flag.formerValues ?? {}, text));
  const texts = typed.map((text) => flag.formerValues?.[text] ?? text);
  return {
    // Of an option that is not repeatable the last value counts.
    value: flag.many ? texts : (texts.at(-1) ?? (flag.env ? env[flag.env] : undefined) ?? flag.default),
    notes: [
      ...old.map((one) => renamedText(`--${one}`, `--${name}`)),
      ...renamed.map((text) => renamedText(`--${name} ${text}`, `--${name} ${flag.formerValues?.[text]}`)),
    ],
  };
};

const renamedText = (before: string, now: string): string =>
  `${before} is called ${now} now. Type ${now}: the old spelling will be removed.`;

/** The texts of a value; none if it is absent. */
const textsOf = (value: CommandLine['values'][string]): string[] => [value ?? []].flat().map(String);

const choiceProblems = (flags: Flags, values: CommandLine['values']): string[] =>
  Object.entries(flags).flatMap(([name, { choices }]) =>
    choices === undefined
      ? []
      : textsOf(values[name])
          .filter((value) => !choices.includes(value))
          .map((value) => unknownText(`value for --${name}:`, value, choices)),
  );

const formProblems = (flags: Flags, values: CommandLine['values']): string[] =>
  Object.entries(flags).flatMap(([name, { check }]) =>
    check === undefined ? [] : textsOf(values[name]).flatMap((value) => problemOf(() => check(name, value))),
  );

const problemOf = (check: () => unknown): string[] => {
  try {
    check();
    return [];
  } catch (error) {
    if (!(error instanceof InvalidInputError || error instanceof WrongUsageError)) throw error;
    return [sentence(error.message)];
  }
};

/** What the parser leaves over: unknown options, then arguments. What follows an unknown option may be its value. */
const argumentProblems = (command: Command, flags: Flags, given: readonly string[]): readonly string[] => {
  const unknown = given.filter((word) => /^--?[^-\s]/.test(word));
  if (unknown.length === 0) return countProblems(command, given) ?? choiceOfArguments(command, given);
  const known = shownFlags(flags).map(([name]) => `--${name}`);
  return unknown.map((word) => unknownText('option', word.replace(/=.*/s, ''), known, ''));
};

/** Missing and superfluous arguments; undefined if there are none. */
const countProblems = (
  { name, args, flags }: Command,
  given: readonly string[],
): readonly string[] | undefined => {
  const wanted = Object.entries(args);
  const missing = wanted.slice(given.length).filter(([, { optional }]) => !optional);
  if (missing.length > 0) {
    const names = missing.map(([argument]) => argument).join(' and ');
    return [`\`tagledger ${name}\` needs ${names}: ${missing.map(([, { brief }]) => brief).join(' ')}`];
  }
  if (wanted.some(([, { many }]) => many) || given.length <= wanted.length) return undefined;
  const more = given.slice(wanted.length).join(' ');
  // A pattern of the shell gives several files after one option.
  const repeatable = Object.keys(flags).filter((flag) => flags[flag]?.many && flags[flag]?.value === 'FILE');
  const advice =
    repeatable.length === 0
      ? ''
      : ` To pass several files, write ${repeatable.map((flag) => `--${flag}`).join(' or ')} before each one.`;
  return [
    `Unexpected argument ${JSON.stringify(more)}: \`tagledger ${name}\` takes ${takenText(wanted.length)}.${advice}`,
  ];
};

const choiceOfArguments = ({ args }: Command, given: readonly string[]): readonly string[] =>
  Object.entries(args).flatMap(([name, { choices }], i) => {
    const word = given[i];
    return choices === undefined || word === undefined || choices.includes(word)
      ? []
      : [unknownText(`${name}:`, word, choices)];
  });

const takenText = (count: number): string => {
  if (count === 0) return 'no arguments';
  return count === 1 ? 'one argument' : `${count} arguments`;
};

const argumentsOf = ({ args }: Command, given: readonly string[]): CommandLine['args'] =>
  Object.fromEntries(
    Object.entries(args).map(([name, { many }], i) => [name, many ? given.slice(i) : given[i]]),
  );

/** The parser's own sentence, such as of an option without its value. */
const sentenceOf = ({ message }: CommanderError): string => {
  const text = message.replace(/^error: /, '');
  const option = /^option '(?:-\w, )?(--[\w-]+) <value>' argument missing$/.exec(text)?.[1];
  return sentence(capitalized(option ? `${option} needs a value` : text));
};

/** One problem is a sentence; several are a list, one on each line. */
const problemsError = ({ name }: Command, problems: readonly string[]): WrongUsageError => {
  const help = `Run \`tagledger ${name} --help\` for its options.`;
  return problems.length === 1
    ? new WrongUsageError(`${problems[0]} ${help}`)
    : new WrongUsageError(
        `\`tagledger ${name}\` cannot run. The command line has ${problems.length} problems:`,
        {
          lines: [...problems.map((problem) => `  - ${problem}`), help],
        },
      );
};
