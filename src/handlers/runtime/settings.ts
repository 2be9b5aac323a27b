import { InvalidInputError } from '../../shared/errors.ts';
import { shown } from '../../shared/text.ts';
import { DEFAULT_RETRY } from '../../tagging/retry-policy.ts';

/** The required settings of a deployed tagledger, each with an example value. */
export const SETTINGS = {
  LEDGER_TABLE: 'tagledger-ledger',
  STATE_TABLE: 'tagledger-state',
  TAG_RULES: '{"Owner":"{who.name}"}',
  ALERT_TOPIC_ARN: 'arn:aws:sns:eu-west-1:111122223333:tagledger-alerts',
  TAGGER_ROLE_ARN: 'arn:aws:iam::111122223333:role/tagledger-apply',
  LOG_BUCKET: 'tagledger-log-111122223333',
  LOG_NAME: 'tagledger.example.com/prod',
  SEAL_KEY_ID: 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
  IDENTITY_KEY_ID: 'arn:aws:kms:eu-west-1:111122223333:key/0987dcba-09fe-87dc-65ba-ab0987654321',
  MEMBER_ROLE_NAME: 'tagledger-tagger',
  MEMBER_EXTERNAL_ID: 'a-long-random-text',
  ARCHIVE_BUCKET: 'tagledger-archive-111122223333',
} as const;

/** The name of a setting, which is the name of its environment variable. */
export type Setting = keyof typeof SETTINGS;

interface SwitchRule {
  readonly default: 'on' | 'off';
  /** The settings that are required when the switch is on. */
  readonly needs: readonly Setting[];
}

/** The settings that are `on` or `off`, with their defaults. */
const SWITCHES = {
  TAG_CHILDREN: { default: 'on', needs: ['TAG_RULES'] },
  RECORD_ALL: { default: 'on', needs: [] },
  RECOVER_OMITTED: { default: 'on', needs: [] },
  IDENTITY_JOIN: { default: 'off', needs: ['STATE_TABLE'] },
  HASH_IDENTITIES: { default: 'off', needs: ['IDENTITY_KEY_ID'] },
  MEMBER_ACCOUNTS: { default: 'off', needs: ['MEMBER_ROLE_NAME', 'MEMBER_EXTERNAL_ID'] },
  HEAL: { default: 'off', needs: ['TAG_RULES'] },
  SEALING: { default: 'off', needs: [] },
} as const satisfies Readonly<Record<string, SwitchRule>>;

/** The name of a switch. */
export type Switch = keyof typeof SWITCHES;

/** Optional whole-number settings, each with its default, minimum and maximum. */
export const NUMBERS = {
  ALERT_QUIET_MINUTES: { default: 15, min: 0, max: 1_440 },
  HEAL_LIMIT: { default: 3, min: 1, max: 100 },
  RETRY_ATTEMPTS: { default: DEFAULT_RETRY.attempts, min: 1, max: 100 },
  RETRY_FIRST_SECONDS: { default: DEFAULT_RETRY.firstWaitMs / 1_000, min: 1, max: 86_400 },
  RETRY_LONGEST_SECONDS: { default: DEFAULT_RETRY.longestWaitMs / 1_000, min: 1, max: 86_400 },
  NEW_FOR_SECONDS: { default: DEFAULT_RETRY.newForMs / 1_000, min: 0, max: 86_400 },
  // An attempt can last as long as its invocation and the redeliveries of its batch.
  STUCK_AFTER_SECONDS: { default: DEFAULT_RETRY.stuckAfterMs / 1_000, min: 60, max: 86_400 },
} as const;

/** The name of a setting that is a number. */
export type NumberSetting = keyof typeof NUMBERS;

/** Settings that some functions can omit. The feature that needs the setting is then off. */
const OPTIONAL = ['ARCHIVE_BUCKET'] as const satisfies readonly Setting[];
type OptionalSetting = (typeof OPTIONAL)[number];

/** The names of the settings that can be omitted. */
type Optional = Switch | NumberSetting | OptionalSetting;

/** The values read. Settings that only a switch needs are present when that switch is on. */
export type Settings<S extends Setting, O extends Optional> = Record<S, string> &
  Record<O & Switch, boolean> &
  Record<O & NumberSetting, number> & { readonly [N in O & OptionalSetting]?: string } & {
    readonly [N in (typeof SWITCHES)[O & Switch]['needs'][number]]?: string;
  };

/** An environment: variables by name. */
export type Env = Readonly<Record<string, string | undefined>>;

/**
 * Reads settings from an environment. Throws one `InvalidInputError` that names every missing setting
 * (including those that an enabled switch needs), every switch that is neither `on` nor `off`, and every
 * number that is invalid or out of range.
 */
export const readSettings = <S extends Setting, O extends Optional = never>(
  env: Env,
  names: readonly S[],
  optional: readonly O[] = [],
): Settings<S, O> => {
  const named: readonly Optional[] = optional;
  const switches = named.filter(isSwitch);
  const numbers = named.filter(isNumber);
  const given = named.filter(isOptional).filter((name) => env[name]?.trim());
  const needed = switches.flatMap((name) => (stateOf(env, name) === 'on' ? SWITCHES[name].needs : []));
  const wanted = [...new Set<Setting>([...names, ...needed])];
  const missing = wanted.filter((name) => !env[name]?.trim());
  const examples = missing.map((name) => `${name} (such as ${SETTINGS[name]})`).join(', ');
  const problems = [
    ...(examples
      ? [
          `There is no value for ${examples}. Set ${missing.length > 1 ? 'these environment variables' : 'this environment variable'}.`,
        ]
      : []),
    ...switches.flatMap((name) => switchProblem(env, name) ?? []),
    ...numbers.flatMap((name) => numberProblem(env, name) ?? []),
  ];
  if (problems.length > 0) throw new InvalidInputError(problems.join(' '));
  return Object.fromEntries([
    ...[...wanted, ...given].map((name) => [name, env[name]]),
    ...switches.map((name) => [name, stateOf(env, name) === 'on']),
    ...numbers.map((name) => [name, Number(env[name]?.trim() || NUMBERS[name].default)]),
  ]) as Settings<S, O>;
};

/** Reads one switch. Throws an `InvalidInputError` if its value is neither `on` nor `off`. */
export const isOn = (env: Env, name: Switch): boolean => {
  const problem = switchProblem(env, name);
  if (problem) throw new InvalidInputError(problem);
  return stateOf(env, name) === 'on';
};

const isSwitch = (name: Optional): name is Switch => Object.hasOwn(SWITCHES, name);
const isNumber = (name: Optional): name is NumberSetting => Object.hasOwn(NUMBERS, name);
const isOptional = (name: Optional): name is OptionalSetting => OPTIONAL.some((given) => given === name);

const stateOf = (env: Env, name: Switch): 'on' | 'off' | undefined => {
  const said = env[name]?.trim() || SWITCHES[name].default;
  return said === 'on' || said === 'off' ? said : undefined;
};

const switchProblem = (env: Env, name: Switch): string | undefined =>
  stateOf(env, name) === undefined
    ? `${name} is ${shown(env[name])}, which is neither on nor off. Correct it, or leave it out for ${SWITCHES[name].default}.`
    : undefined;

const numberProblem = (env: Env, name: NumberSetting): string | undefined => {
  const { default: fallback, min, max } = NUMBERS[name];
  const text = env[name]?.trim() ?? '';
  return text === '' || (/^\d{1,9}$/.test(text) && Number(text) >= min && Number(text) <= max)
    ? undefined
    : `${name} is ${shown(text)}, which is not a whole number from ${min} to ${max}. Correct it, or leave it out for ${fallback}.`;
};
