import { InvalidInputError } from '../events/invalid-input-error.ts';

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

/** Reads settings from an environment; throws one `InvalidInputError` that names all that are missing. */
export const readSettings = <S extends Setting>(
  env: Readonly<Record<string, string | undefined>>,
  names: readonly S[],
): Record<S, string> => {
  const missing = names.filter((name) => !env[name]?.trim());
  if (missing.length > 0) {
    const wanted = missing.map((name) => `${name} (such as ${SETTINGS[name]})`).join(', ');
    throw new InvalidInputError(`got no value for ${wanted}: set the environment variable`);
  }
  return Object.fromEntries(names.map((name) => [name, env[name]])) as Record<S, string>;
};
