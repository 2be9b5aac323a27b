import { shown } from '../cloudtrail/record.ts';
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

interface SwitchRule {
  readonly unlessSaid: 'on' | 'off';
  /** The settings that it needs when it is on. */
  readonly needs: readonly Setting[];
}

/** Every setting that is `on` or `off`, and what it is when nothing is said. */
export const SWITCHES = {
  RECOVER_OMITTED: { unlessSaid: 'on', needs: [] },
  IDENTITY_JOIN: { unlessSaid: 'off', needs: ['STATE_TABLE'] },
} as const satisfies Readonly<Record<string, SwitchRule>>;

/** The name of a switch. */
export type Switch = keyof typeof SWITCHES;

/** What was read: of the settings that only switches need, those of switches that are on. */
export type Settings<S extends Setting, W extends Switch> = Record<S, string> &
  Record<W, boolean> & { readonly [N in (typeof SWITCHES)[W]['needs'][number]]?: string };

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Reads settings and switches from an environment. Throws one `InvalidInputError` that names all that are missing, with
 * those that a switch needs when it is on, and every switch that is neither on nor off.
 */
export const readSettings = <S extends Setting, W extends Switch = never>(
  env: Env,
  names: readonly S[],
  switches: readonly W[] = [],
): Settings<S, W> => {
  const needed = switches.flatMap((name) => (stateOf(env, name) === 'on' ? SWITCHES[name].needs : []));
  const wanted = [...new Set<Setting>([...names, ...needed])];
  const missing = wanted.filter((name) => !env[name]?.trim());
  const wrong = switches.filter((name) => stateOf(env, name) === undefined);
  const problems = [
    ...(missing.length > 0
      ? [
          `no value for ${missing.map((name) => `${name} (such as ${SETTINGS[name]})`).join(', ')}: set the environment variable`,
        ]
      : []),
    ...wrong.map((name) => wrongSwitch(env, name)),
  ];
  if (problems.length > 0) throw new InvalidInputError(`got ${problems.join('; and got ')}`);
  return Object.fromEntries([
    ...wanted.map((name) => [name, env[name]]),
    ...switches.map((name) => [name, stateOf(env, name) === 'on']),
  ]) as Settings<S, W>;
};

/** One switch alone; throws an `InvalidInputError` for what is neither on nor off. */
export const isOn = (env: Env, name: Switch): boolean => {
  const state = stateOf(env, name);
  if (state === undefined) throw new InvalidInputError(`got ${wrongSwitch(env, name)}`);
  return state === 'on';
};

const wrongSwitch = (env: Env, name: Switch): string =>
  `${shown(env[name])} as ${name}, expected on or off: correct the environment variable`;

const stateOf = (env: Env, name: Switch): 'on' | 'off' | undefined => {
  const said = env[name]?.trim() || SWITCHES[name].unlessSaid;
  return said === 'on' || said === 'off' ? said : undefined;
};
