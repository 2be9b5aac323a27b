import { readInstant } from '../projections/moment.ts';
import { areValuesOf, type Command, type Flags, type ParsedWords, type Values } from './command.ts';

/** An option whose value is a time. */
export const TIME = {
  value: 'TIME',
  check: (option: string, text: string): unknown => readInstant(`--${option}`, text),
} as const;

/** The option that names what the ledger knew. */
export const KNOWN_AT_FLAG = {
  'known-at': { brief: 'Use only what the ledger knew at this time. Default: now.', ...TIME },
} as const satisfies Flags;

/** The options that select a moment other than the newest. */
export const MOMENT_FLAGS = {
  'as-of': {
    brief: 'What was true at this time. Default: the newest time that the ledger has data of.',
    ...TIME,
  },
  ...KNOWN_AT_FLAG,
} as const satisfies Flags;

/** The options that select resources by where they are and what they are. */
export const PLACE_FLAGS = {
  account: { brief: 'Only resources of this account.', value: 'ID', many: true },
  region: { brief: 'Only resources of this Region.', value: 'NAME', many: true },
  type: { brief: 'Only resources of this type, such as instance.', value: 'TYPE', many: true },
} as const satisfies Flags;

/** The options that select a part of the fleet. */
export const SELECTION_FLAGS = {
  ...PLACE_FLAGS,
  creator: {
    brief: 'Only resources that this person or role created: a name, an ARN, or `unknown`.',
    value: 'NAME',
    many: true,
    formerly: ['owner'],
  },
  tag: { brief: 'Only resources with this tag.', value: 'KEY=VALUE', many: true },
} as const satisfies Flags;

/** The options of every command. */
export const COMMON_FLAGS = {
  ledger: {
    brief: 'The ledger: a folder, an exported file, or dynamodb:LEDGER_TABLE,STATE_TABLE.',
    value: 'WHERE',
    default: '.tagledger',
    env: 'TAGLEDGER',
  },
  output: { brief: 'The output format.', value: 'FORMAT', short: 'o', alias: ['format'] },
  profile: { brief: 'The profile of the AWS configuration.', value: 'NAME', env: 'AWS_PROFILE' },
  'aws-region': {
    brief: 'The Region of the AWS services that are called.',
    value: 'NAME',
    env: 'AWS_REGION',
  },
  quiet: { brief: 'Suppress notes and progress.', short: 'q' },
  verbose: { brief: 'Write progress every 30 seconds if stderr is not a terminal.', short: 'v' },
  'no-color': { brief: 'Disable colours.' },
  'no-progress': { brief: 'Show no progress.' },
  help: { brief: 'Show this help.', short: 'h' },
} as const satisfies Flags;

/** The options of every command, with the formats that a command has. */
export const commonFlagsOf = ({ formats }: Pick<Command, 'formats'>): Flags => {
  const { output, ...others } = COMMON_FLAGS;
  const [first] = formats;
  return first === undefined
    ? others
    : { ...COMMON_FLAGS, output: { ...output, choices: outputsOf(formats), default: first } };
};

/** What `--output` takes: where a command writes text, it can also write it in full width. */
const outputsOf = (formats: readonly string[]): readonly string[] =>
  formats.flatMap((format) => (format === 'text' ? ['text', 'wide'] : [format]));

/** The values of the options of every command. */
export const commonValuesOf = ({ values }: ParsedWords): Values<typeof COMMON_FLAGS> => {
  if (!areValuesOf(COMMON_FLAGS, values))
    throw new TypeError('The options of every command were not parsed.');
  return values;
};
