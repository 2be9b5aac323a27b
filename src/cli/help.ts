import { Help } from 'commander';
import { type Argument, type Command, type Flag, type Flags, GROUPS, shownFlags } from './command.ts';
import { COMMON_FLAGS, commonFlagsOf } from './common-flags.ts';
import { EXIT_CODES, EXITS, type Exit } from './exit-codes.ts';

/** The widest help. Longer lines are hard to read. */
const MOST_WIDTH = 100;

/** The help of the program: the commands by group, and the options that all of them have. */
export const programHelp = (commands: readonly Command[], width: number): string => {
  const items = layout(width, [
    ...commands.map(({ name }) => name),
    ...Object.entries(COMMON_FLAGS).map(([name, flag]) => spellingOf(name, flag)),
  ]);
  return [
    'tagledger: an append-only, tamper-evident ledger of AWS resource tags',
    '',
    'Usage: tagledger COMMAND [OPTIONS]',
    ...GROUPS.flatMap((group) => [
      '',
      `${group}:`,
      ...commands.filter((one) => one.group === group).map(({ name, brief }) => items(name, brief)),
    ]),
    '',
    'Options of every command:',
    ...flagLines(COMMON_FLAGS, items),
    items('--version', 'Show the version.'),
    ...section('Exit codes', exitLines(EXITS.map(endingOf), width)),
    '',
    'Run `tagledger help COMMAND` for its options, examples and exit codes.',
  ].join('\n');
};

/** The help of a command: all that there is to know to type it. */
export const commandHelp = (command: Command, width: number): string => {
  const { brief, details = [], args, flags, examples } = command;
  const common = commonFlagsOf(command);
  const items = layout(width, [
    ...Object.keys(args),
    ...Object.entries({ ...flags, ...common }).map(([option, flag]) => spellingOf(option, flag)),
  ]);
  return [
    brief,
    ...details.flatMap((paragraph) => ['', wrap(paragraph, width)]),
    '',
    `Usage: tagledger ${usageOf(command)}`,
    ...section('Arguments', argumentLines(args, items)),
    ...section('Options', flagLines(flags, items)),
    ...section('Options of every command', flagLines(common, items)),
    ...section('Exit codes', exitLines(endingsOf(command), width)),
    ...section(
      'Examples',
      examples.flatMap((example) => [`  tagledger ${example.line}`, `      ${example.brief}`]),
    ),
  ].join('\n');
};

/** The syntax of a command, without `tagledger`. */
export const usageOf = ({ name, args }: Pick<Command, 'name' | 'args'>): string =>
  [
    name,
    ...Object.entries(args).map(([argument, { many, optional, choices }]) => {
      const word = `${choices ? choices.join('|') : argument}${many ? '...' : ''}`;
      return optional ? `[${word}]` : word;
    }),
    '[OPTIONS]',
  ].join(' ');

/** How an option is typed. */
export const spellingOf = (name: string, { short, value, choices }: Flag): string =>
  `${short ? `-${short}, ` : ''}--${name}${value ? ` ${value}` : choices ? ` ${name.toUpperCase()}` : ''}`;

/** What help says of an option: its sentence, choices, default and environment variable. */
export const flagText = ({ brief, choices, many, default: usual, env }: Flag): string =>
  [
    brief,
    ...(choices ? [`One of ${choices.join(', ')}.`] : []),
    ...(many ? ['Can be repeated.'] : []),
    ...(usual ? [`Default: ${usual}.`] : []),
    ...(env ? [`Environment: ${env}.`] : []),
  ].join(' ');

/** What help says of an argument. */
export const argumentText = ({ brief, many }: Argument): string =>
  many ? `${brief} Can be repeated.` : brief;

/** Every way a command can end, with its code and what that means. */
export const endingsOf = ({ exits }: Pick<Command, 'exits'>): readonly (readonly [string, string])[] =>
  [...exits, 'interrupted' as const].map(endingOf);

const endingOf = (exit: Exit): readonly [string, string] => [
  String(EXIT_CODES[exit].code),
  EXIT_CODES[exit].means,
];

type Item = (term: string, text: string) => string;

/** Lays out terms and their texts in two columns. */
const layout = (width: number, terms: readonly string[]): Item => {
  const help = new Help();
  help.prepareContext({ helpWidth: Math.min(width, MOST_WIDTH) });
  const termWidth = Math.min(MOST_TERM, Math.max(...terms.map((term) => term.length)));
  return (term, text) => help.formatItem(term, termWidth, text, help);
};

/** Longer terms are rare, and would leave little room for the texts. */
const MOST_TERM = 26;

const wrap = (text: string, width: number): string => new Help().boxWrap(text, Math.min(width, MOST_WIDTH));

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ['', `${title}:`, ...lines];

const exitLines = (endings: ReturnType<typeof endingsOf>, width: number): readonly string[] => {
  const items = layout(
    width,
    endings.map(([code]) => code),
  );
  return endings.map(([code, means]) => items(code, means));
};

const flagLines = (flags: Flags, items: Item): readonly string[] =>
  shownFlags(flags).map(([name, flag]) => items(spellingOf(name, flag), flagText(flag)));

const argumentLines = (args: Command['args'], items: Item): readonly string[] =>
  Object.entries(args).map(([name, argument]) => items(name, argumentText(argument)));
