import { homedir } from 'node:os';
import { join } from 'node:path';
import { type Command, type Flag, type Flags, isSwitch, namesOf, shownFlags } from './command.ts';
import { COMMANDS } from './commands.ts';
import { COMMON_FLAGS, commonFlagsOf } from './common-flags.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** A word that can be typed, and what is said about it where the shell shows that. */
interface Candidate {
  readonly word: string;
  readonly about?: string;
}

/** What can stand in one place of a command line: one of some words, or the name of a file or folder. */
type Completion = readonly Candidate[] | 'files' | 'folders';

/** The most resources that are offered. More than that nobody reads. */
const MOST_RESOURCES = 200;

/**
 * Answers the scripts that `tagledger completion` writes: what can stand in place of the last of `words`, which may be
 * empty. The words are those of a command line without the program, without quotes. The first line of the answer is
 * `words`, `files` or `folders`; the shell knows the names of files itself. After `words`, each line is a word, and after
 * a tab what it means. Nothing is written anywhere, and an error is an answer without words.
 */
export const complete = async (words: readonly string[], env: Env): Promise<readonly string[]> => {
  const completion = await completionOf(words, env);
  if (typeof completion === 'string') return [completion];
  const typed = words.at(-1) ?? '';
  return [
    'words',
    ...completion
      .filter(({ word }) => word.startsWith(typed))
      .map(({ word, about }) => (about === undefined ? word : `${word}\t${about}`)),
  ];
};

const completionOf = async (words: readonly string[], env: Env): Promise<Completion> => {
  const [name = '', ...rest] = words;
  if (rest.length === 0) return name.startsWith('-') ? PROGRAM_OPTIONS : COMMAND_NAMES;
  if (name === 'help') return rest.length === 1 ? COMMAND_NAMES : [];
  const command = COMMANDS.find((one) => one.name === name);
  return command ? completionFor(command, rest, env) : [];
};

const COMMAND_NAMES: readonly Candidate[] = [
  ...COMMANDS.map(({ name, brief }) => ({ word: name, about: brief })),
  { word: 'help', about: 'Show the commands, or the help of one.' },
];

const PROGRAM_OPTIONS: readonly Candidate[] = [
  { word: '--help', about: COMMON_FLAGS.help.brief },
  { word: '--version', about: 'Show the version.' },
];

const completionFor = async (command: Command, words: readonly string[], env: Env): Promise<Completion> => {
  const flags: Flags = { ...command.flags, ...commonFlagsOf(command) };
  const typed = words.at(-1) ?? '';
  const before = words.slice(0, -1).reduce((read, word) => readWord(flags, read, word), NOTHING);
  const { given, open, places, isOver } = before;
  const ledger = given.get('ledger') ?? env.TAGLEDGER ?? COMMON_FLAGS.ledger.default;
  if (open) return valuesOf(open.flag, ledger, typed);
  if (!isOver && typed.startsWith('-')) {
    const [spelling = '', value] = splitAtEquals(typed);
    if (value === undefined) return optionsOf(flags, given);
    const found = flagSpelled(flags, spelling);
    return found ? prefixed(`${spelling}=`, await valuesOf(found.flag, ledger, value)) : [];
  }
  const args = Object.entries(command.args);
  const [argument, { choices } = {}] = args[places] ?? args.filter(([, { many }]) => many).at(-1) ?? [];
  // Where no argument can follow, only an option can.
  if (argument === undefined) return optionsOf(flags, given);
  return valuesOf({ value: argument, ...(choices && { choices }) }, ledger, typed);
};

/** An option, with its name. */
interface NamedFlag {
  readonly name: string;
  readonly flag: Flag;
}

/** What the words before the last one say. */
interface Before {
  /** The options that were given, each with its last value. */
  readonly given: ReadonlyMap<string, string | undefined>;
  /** The option whose value is next. */
  readonly open?: NamedFlag;
  /** How many arguments there are. */
  readonly places: number;
  /** Whether `--` has ended the options. */
  readonly isOver: boolean;
}

const NOTHING: Before = { given: new Map(), places: 0, isOver: false };

/** What the words say with one more. */
const readWord = (flags: Flags, { open, ...before }: Before, word: string): Before => {
  const giving = (name: string, value: string | undefined): Before => ({
    ...before,
    given: new Map([...before.given, [name, value]]),
  });
  if (open) return giving(open.name, word);
  if (before.isOver || !word.startsWith('-') || word === '-') return { ...before, places: before.places + 1 };
  if (word === '--') return { ...before, isOver: true };
  const [spelling = '', value] = splitAtEquals(word);
  const found = flagSpelled(flags, spelling);
  if (!found) return before;
  const takesNext = value === undefined && !isSwitch(found.flag);
  return takesNext ? { ...before, open: found } : giving(found.name, value);
};

/** `--status=open` in its two parts. */
const splitAtEquals = (word: string): readonly string[] => {
  const at = word.startsWith('--') ? word.indexOf('=') : -1;
  return at < 0 ? [word] : [word.slice(0, at), word.slice(at + 1)];
};

const flagSpelled = (flags: Flags, spelling: string): NamedFlag | undefined => {
  for (const [name, flag] of Object.entries(flags)) {
    const long = namesOf(name, flag).map((one) => `--${one}`);
    if (long.includes(spelling) || (flag.short && spelling === `-${flag.short}`)) return { name, flag };
  }
  return undefined;
};

/** The options that can still be given. */
const optionsOf = (flags: Flags, given: Before['given']): readonly Candidate[] =>
  shownFlags(flags)
    .filter(([name, { many }]) => many || !given.has(name))
    .map(([name, { brief }]) => ({ word: `--${name}`, about: brief }));

/** What can be the value of an option or argument. `value` is its name in help, such as `FILE`. */
const valuesOf = async (
  { value, choices }: Pick<Flag, 'value' | 'choices'>,
  ledger: string,
  typed: string,
): Promise<Completion> => {
  if (choices) return choices.map((word) => ({ word }));
  switch (value) {
    case 'FILE':
    case 'WHERE':
      return 'files';
    case 'FOLDER':
      return 'folders';
    case 'RESOURCE':
      return resourcesIn(ledger, typed);
    default:
      return [];
  }
};

/** The resources of an embedded ledger that begin with what was typed; none of any other ledger. */
const resourcesIn = async (ledger: string, typed: string): Promise<readonly Candidate[]> => {
  const folder = ledger.startsWith('~/') ? join(homedir(), ledger.slice(2)) : ledger;
  try {
    // Loaded on demand, because this loads the database.
    const { resourcesBeginning } = await import('../embedded/resources-beginning.ts');
    return resourcesBeginning(folder, typed, MOST_RESOURCES).map(({ arn, type, id, account, region }) => ({
      word: typed.startsWith('arn:') ? arn : id,
      about: `${type} in ${account} ${region}`,
    }));
  } catch {
    // A message would stand in the middle of the line that is being typed.
    return [];
  }
};

const prefixed = (prefix: string, completion: Completion): Completion =>
  typeof completion === 'string'
    ? completion
    : completion.map(({ word, ...more }) => ({ word: `${prefix}${word}`, ...more }));
