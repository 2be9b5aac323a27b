import { NewerEventError } from '../events/recorded-event.ts';
import { LogDamagedError, SealStoppedError } from '../sealing/log/seal-errors.ts';
import { InvalidInputError, StorageError } from '../shared/errors.ts';
import { sentence } from '../shared/text.ts';
import type { Command } from './command.ts';
import { COMMANDS } from './commands.ts';
import { commonFlagsOf, commonValuesOf } from './common-flags.ts';
import { NotKnownError, WrongUsageError } from './errors.ts';
import { EXIT_CODES, type Exit } from './exit-codes.ts';
import { commandHelp, programHelp } from './help.ts';
import { unknownName } from './option-values.ts';
import { parse } from './parse.ts';
import { systemErrorText } from './system-error-text.ts';
import type { Console, ConsoleFor } from './terminal.ts';
import { inFull } from './text-style.ts';
import { sanitizeTerminal } from './views/sanitize-terminal.ts';

/** The environment of the process, which options can change. */
type Env = Record<string, string | undefined>;

/** The width of help where no terminal has one. */
const HELP_WIDTH = 80;

/** Runs one command line, as `main` does, except for the version. */
export const runCommandLine = async (
  args: readonly string[],
  env: Env,
  consoleFor: ConsoleFor,
): Promise<number> => {
  const console = consoleFor({});
  return EXIT_CODES[await reported(() => runCommand(args, env, console, consoleFor), env, console)].code;
};

/** How some work ended. An error is reported on stderr. */
const reported = async (work: () => Promise<Exit>, env: Env, console: Console): Promise<Exit> => {
  try {
    return await work();
  } catch (error) {
    const exit = exitBecauseOf(error);
    const isOurs = exit !== 'failed' || isExpected(error);
    const text = isOurs ? (error as Error).message : systemErrorText(error);
    console.stderr(`tagledger: ${text === undefined ? unexpected(error, env) : sanitizeTerminal(text)}`);
    if (error instanceof WrongUsageError)
      for (const line of error.lines) console.stderr(sanitizeTerminal(line));
    return exit;
  }
};

/**
 * Whether the input is invalid, a sealed log is damaged, or a newer version wrote something. The messages of these errors
 * need no further explanation.
 */
const isExpected = (error: unknown): boolean => EXPECTED.some((one) => error instanceof one);

const EXPECTED = [
  InvalidInputError,
  StorageError,
  NewerEventError,
  SealStoppedError,
  LogDamagedError,
] as const;

const exitBecauseOf = (error: unknown): Exit => {
  if (error instanceof WrongUsageError) return 'usage';
  return error instanceof NotKnownError ? 'unknown' : 'failed';
};

const runCommand = async (
  [name, ...words]: readonly string[],
  env: Env,
  console: Console,
  consoleFor: ConsoleFor,
): Promise<Exit> => {
  const width = console.style.width ?? HELP_WIDTH;
  switch (name) {
    case undefined:
      console.stderr(programHelp(COMMANDS, width));
      return 'usage';
    case 'help':
    case '--help':
    case '-h': {
      const [about] = words;
      console.stdout(
        about === undefined ? programHelp(COMMANDS, width) : commandHelp(commandNamed(about), width),
      );
      return 'done';
    }
    default:
      return await runNamed(commandNamed(name), words, env, consoleFor);
  }
};

const commandNamed = (name: string): Command => {
  const command = COMMANDS.find((one) => one.name === name);
  if (command) return command;
  throw unknownName(
    'command',
    name,
    COMMANDS.map((one) => one.name),
    'Run `tagledger help` for all commands',
  );
};

const runNamed = async (
  command: Command,
  words: readonly string[],
  env: Env,
  consoleFor: ConsoleFor,
): Promise<Exit> => {
  if (words.some((word) => word === '--help' || word === '-h')) {
    const { stdout, style } = consoleFor({});
    stdout(commandHelp(command, style.width ?? HELP_WIDTH));
    return 'done';
  }
  const { notes, ...parsed } = parse(command, commonFlagsOf(command), env, words);
  const common = commonValuesOf(parsed);
  const console = consoleFor({ command: command.name, ...common });
  const work = () => {
    for (const note of notes) console.note(sanitizeTerminal(`note: ${note}`));
    setAwsVariables(env, common);
    return command.start(parsed, {
      typed: [command.name, ...words],
      ledger: common.ledger,
      env,
      console: common.output === 'wide' ? { ...console, style: inFull(console.style) } : console,
    });
  };
  return await reported(work, env, console);
};

/** The clients of AWS read their profile and Region from the environment, which is that of the process. */
const setAwsVariables = (
  env: Env,
  { profile, 'aws-region': region }: ReturnType<typeof commonValuesOf>,
): void => {
  if (profile !== undefined) env.AWS_PROFILE = profile;
  if (region !== undefined) env.AWS_REGION = region;
};

/** Advice for common errors of AWS clients. */
const AWS_ADVICE: readonly (readonly [pattern: RegExp, advice: string])[] = [
  [/Region is missing/, 'Pass --aws-region, or name a profile that has one with --profile.'],
  [
    /CredentialsProviderError|UnrecognizedClient|InvalidSignature|ExpiredToken/,
    'Log in, or name a profile with --profile.',
  ],
  [/QueueDoesNotExist|NonExistentQueue/, 'Check the URL of the queue, the account and --aws-region.'],
  [/ResourceNotFoundException/, 'Check the names of the tables, the account and --aws-region.'],
  [
    /AccessDenied/,
    'The credentials do not allow this. Use a role that can read (and for ingest, append to) the tables.',
  ],
];

const unexpected = (error: unknown, env: Env): string => {
  const { name, message, stack } = error as Error;
  const advice = AWS_ADVICE.find(([pattern]) => pattern.test(`${name}: ${message}`))?.[1];
  return env.TAGLEDGER_DEBUG
    ? String(stack)
    : sanitizeTerminal(
        `The command failed with ${name}: ${sentence(message)} ${advice ?? 'Set TAGLEDGER_DEBUG=1 to see where.'}`,
      );
};
