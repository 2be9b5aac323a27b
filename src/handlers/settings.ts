import { InvalidInputError } from '../events/invalid-input-error.ts';
import { DEFAULT_RETRY } from '../tagging/retry-policy.ts';

/** Every setting of a deployed tagledger, with an example of its value. */
export const SETTINGS = {
  LEDGER_TABLE: 'tagledger-ledger',
  STATE_TABLE: 'tagledger-state',
  TAG_RULES: '{"Owner":"{who.name}"}',
  TAG_CHILDREN: 'on',
  ALERT_TOPIC_ARN: 'arn:aws:sns:eu-west-1:111122223333:tagledger-alerts',
  TAGGER_ROLE_ARN: 'arn:aws:iam::111122223333:role/tagledger-apply',
} as const;

/** The name of a setting, which is the name of its environment variable. */
export type Setting = keyof typeof SETTINGS;

/** Whether a switch is on, which it is unless the environment says `off`; throws an `InvalidInputError` for other words. */
export const isOn = (env: Readonly<Record<string, string | undefined>>, name: Setting): boolean => {
  const value = env[name]?.trim() || 'on';
  if (value === 'on' || value === 'off') return value === 'on';
  throw new InvalidInputError(
    `got ${name}=${JSON.stringify(value)}, expected on or off: change the environment variable, or unset it, which means on`,
  );
};

/** Settings that may be left out: whole numbers, what each is then, and the smallest and largest that it may be. */
export const NUMBER_SETTINGS = {
  ALERT_QUIET_MINUTES: { otherwise: 15, min: 0, max: 1_440 },
  RETRY_ATTEMPTS: { otherwise: DEFAULT_RETRY.attempts, min: 1, max: 100 },
  RETRY_FIRST_SECONDS: { otherwise: DEFAULT_RETRY.firstWaitMs / 1_000, min: 1, max: 86_400 },
  RETRY_LONGEST_SECONDS: { otherwise: DEFAULT_RETRY.longestWaitMs / 1_000, min: 1, max: 86_400 },
  NEW_FOR_SECONDS: { otherwise: DEFAULT_RETRY.newForMs / 1_000, min: 0, max: 86_400 },
  // An attempt is under way for as long as its invocation and the redeliveries of its batch take.
  STUCK_AFTER_SECONDS: { otherwise: DEFAULT_RETRY.stuckAfterMs / 1_000, min: 60, max: 86_400 },
} as const;

/** The name of a setting that may be left out. */
export type NumberSetting = keyof typeof NUMBER_SETTINGS;

/** Reads settings from an environment; throws one `InvalidInputError` that names all that are missing or wrong. */
export const readSettings = <S extends Setting, N extends NumberSetting = never>(
  env: Readonly<Record<string, string | undefined>>,
  names: readonly S[],
  numbers: readonly N[] = [],
): Record<S, string> & Record<N, number> => {
  const missing = names.filter((name) => !env[name]?.trim());
  const wanted = missing.map((name) => `${name} (such as ${SETTINGS[name]})`).join(', ');
  const problems = [
    ...(wanted ? [`got no value for ${wanted}: set the environment variable`] : []),
    ...numbers.flatMap((name) => numberProblem(name, env[name]) ?? []),
  ];
  if (problems.length > 0) throw new InvalidInputError(problems.join('; '));
  return Object.fromEntries([
    ...names.map((name) => [name, env[name]]),
    ...numbers.map((name) => [name, Number(env[name]?.trim() || NUMBER_SETTINGS[name].otherwise)]),
  ]) as Record<S, string> & Record<N, number>;
};

const numberProblem = (name: NumberSetting, text = ''): string | undefined => {
  const { otherwise, min, max } = NUMBER_SETTINGS[name];
  const number = Number(text);
  return text.trim() === '' || (/^\s*\d+\s*$/.test(text) && number >= min && number <= max)
    ? undefined
    : `got ${name}=${text}, expected a whole number from ${min} to ${max}: set it, or leave it out for ${otherwise}`;
};
