import { parseArgs } from 'node:util';
import { NewerEventError } from '../events/recorded-event.ts';
import { InvalidInputError, StorageError } from '../shared/errors.ts';
import type { Command, Invocation } from './command.ts';
import { archive } from './commands/archive/archive.ts';
import { changes } from './commands/changes/changes.ts';
import { compliance } from './commands/compliance/compliance.ts';
import { consume } from './commands/consume/consume.ts';
import { coverage } from './commands/coverage/coverage.ts';
import { demo } from './commands/demo/demo.ts';
import { doctor } from './commands/doctor/doctor.ts';
import { exportCommand } from './commands/export/export.ts';
import { history } from './commands/history/history.ts';
import { importCommand } from './commands/import/import.ts';
import { ingest } from './commands/ingest/ingest.ts';
import { list } from './commands/list/list.ts';
import { plan } from './commands/plan/plan.ts';
import { policy } from './commands/policy/policy.ts';
import { prove } from './commands/prove/prove.ts';
import { rebuild } from './commands/rebuild/rebuild.ts';
import { redrive } from './commands/redrive/redrive.ts';
import { seal } from './commands/seal/seal.ts';
import { state } from './commands/state/state.ts';
import { timeline } from './commands/timeline/timeline.ts';
import { verify } from './commands/verify/verify.ts';
import { why } from './commands/why/why.ts';
import { NotKnownError, WrongUsageError } from './errors.ts';
import { EXIT_CODES, type Exit } from './exit-codes.ts';
import { oneOf, unknownName } from './option-values.ts';
import { systemErrorText } from './system-error-text.ts';
import { type Console, FORMATS } from './terminal.ts';
import { toolVersion } from './tool-version.ts';
import { sanitizeTerminal } from './views/sanitize-terminal.ts';

/**
 * A command with its format type erased. {@link formatOf} makes sure that each command gets only formats that
 * it supports.
 */
type AnyCommand = Command<never>;

/** All commands by name. */
export const COMMANDS: Readonly<Record<string, AnyCommand>> = {
  demo,
  ingest,
  plan,
  history,
  state,
  list,
  compliance,
  changes,
  timeline,
  why,
  coverage,
  rebuild,
  archive,
  redrive,
  doctor,
  seal,
  prove,
  policy,
  export: exportCommand,
  import: importCommand,
  verify,
  consume,
};

const COMMON = {
  ledger: { type: 'string' },
  format: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** The folder of the embedded ledger if neither `--ledger` nor `TAGLEDGER` names a ledger. */
const DEFAULT_LEDGER = '.tagledger';

/**
 * Runs one command line (without the program's name) and returns its exit code, one of {@link EXIT_CODES}.
 * Errors are reported on stderr in one sentence.
 */
export const main = async (
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  console: Console,
): Promise<number> => EXIT_CODES[await exitAfter(args, env, console)].code;

const exitAfter = async (...[args, env, console]: Parameters<typeof main>): Promise<Exit> => {
  try {
    return await runCommand(args, env, console);
  } catch (error) {
    const exit = exitBecauseOf(error);
    const isOurs = exit !== 'failed' || isExpected(error);
    const text = isOurs ? (error as Error).message : systemErrorText(error);
    console.stderr(`tagledger: ${text === undefined ? unexpected(error, env) : sanitizeTerminal(text)}`);
    return exit;
  }
};

/**
 * Whether the input is invalid or was written by a newer version. The messages of these errors need no
 * further explanation.
 */
const isExpected = (error: unknown): boolean =>
  error instanceof InvalidInputError || error instanceof StorageError || error instanceof NewerEventError;

const exitBecauseOf = (error: unknown): Exit => {
  if (error instanceof WrongUsageError) return 'usage';
  return error instanceof NotKnownError ? 'unknown' : 'failed';
};

const runCommand = async (
  [name, ...args]: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  console: Console,
): Promise<Exit> => {
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    (name === undefined ? console.stderr : console.stdout)(help());
    return name === undefined ? 'usage' : 'done';
  }
  if (name === '--version' || name === 'version') {
    console.stdout(toolVersion());
    return 'done';
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) {
    throw unknownName('command', name, Object.keys(COMMANDS), 'Type `tagledger help` for all commands');
  }
  const { values, positionals } = parse(name, command, args);
  if (values.help) {
    console.stdout(`tagledger ${command.usage}\n\n${command.summary}`);
    return 'done';
  }
  const ledger = String(values.ledger ?? env.TAGLEDGER ?? DEFAULT_LEDGER);
  return command.run({
    typed: [name, ...args],
    positionals,
    values,
    format: formatOf(command, values.format),
    ledger,
    env,
    console,
  });
};

const parse = (name: string, command: AnyCommand, args: readonly string[]) => {
  try {
    const parsed = parseArgs({
      args: [...args],
      options: { ...COMMON, ...command.options },
      allowPositionals: true,
    });
    return {
      positionals: parsed.positionals,
      values: parsed.values as Invocation['values'],
    };
  } catch (error) {
    throw new WrongUsageError(
      `${parseProblem(error as Error, command)} Type \`tagledger ${name} --help\` for its options.`,
    );
  }
};

/**
 * Returns Node's message about invalid options, except for an unknown option: that message is long and
 * suggests no alternative.
 */
const parseProblem = ({ message }: Error, command: AnyCommand): string => {
  const unknown = /^Unknown option '(-[^']*)'/.exec(message)?.[1];
  if (!unknown) return `${message}.`;
  const known = Object.keys({ ...COMMON, ...command.options }).map((option) => `--${option}`);
  return unknownName('option', unknown, known, '').message;
};

const formatOf = ({ formats = FORMATS }: AnyCommand, format: Invocation['values'][string]): never =>
  oneOf('format', String(format ?? 'text'), formats) as never;

const help = (): string =>
  [
    'tagledger: an append-only, tamper-evident ledger of AWS resource tags',
    '',
    ...Object.values(COMMANDS).map(({ usage, summary }) => `  tagledger ${usage}\n      ${summary}`),
    '',
    '  --ledger PATH|FILE|dynamodb:TABLE   the ledger: a folder (default .tagledger), an exported .ndjson.gz, or tables in AWS;',
    '                                      TAGLEDGER sets the default',
    '  --format text|json|ndjson           how data is written to stdout',
    '  --version                           the version of tagledger',
    '',
    'Exit codes:',
    ...Object.values(EXIT_CODES).map(({ code, means }) => `  ${String(code).padEnd(3)}  ${means}`),
  ].join('\n');

/** Advice for common errors of AWS clients. */
const AWS_ADVICE: readonly (readonly [pattern: RegExp, advice: string])[] = [
  [/Region is missing/, 'set AWS_REGION, or a profile that has one with AWS_PROFILE'],
  [
    /CredentialsProviderError|UnrecognizedClient|InvalidSignature|ExpiredToken/,
    'log in, or name a profile with AWS_PROFILE',
  ],
  [/QueueDoesNotExist|NonExistentQueue/, 'check the URL of the queue, the account and AWS_REGION'],
  [/ResourceNotFoundException/, 'check the names of the tables, the account and AWS_REGION'],
  [
    /AccessDenied/,
    'the credentials may not do this: use a role that may read (and for ingest, append to) the tables',
  ],
];

const unexpected = (error: unknown, env: Readonly<Record<string, string | undefined>>): string => {
  const { name, message, stack } = error as Error;
  const advice = AWS_ADVICE.find(([pattern]) => pattern.test(`${name}: ${message}`))?.[1];
  return env.TAGLEDGER_DEBUG
    ? String(stack)
    : sanitizeTerminal(
        `failed with ${name}: ${message}${advice ? `: ${advice}` : ' (TAGLEDGER_DEBUG=1 shows where)'}`,
      );
};
