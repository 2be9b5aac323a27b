import { InvalidInputError } from '../events/invalid-input-error.ts';

/** Every setting of a deployed tagledger, with an example of its value. */
export const SETTINGS = {
  LEDGER_TABLE: 'tagledger-ledger',
  STATE_TABLE: 'tagledger-state',
  TAG_RULES: '{"Owner":"{who.name}"}',
  ALERT_TOPIC_ARN: 'arn:aws:sns:eu-west-1:111122223333:tagledger-alerts',
  TAGGER_ROLE_ARN: 'arn:aws:iam::111122223333:role/tagledger-apply',
} as const;

/** The name of a setting, which is the name of its environment variable. */
export type Setting = keyof typeof SETTINGS;

/** Settings that may be left out: whole numbers, what each is then, and the smallest and largest that it may be. */
export const NUMBER_SETTINGS = {
  ALERT_QUIET_MINUTES: { otherwise: 15, min: 0, max: 1_440 },
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
