import { readMoment } from '../projections/moment.ts';
import type { Moment } from '../projections/resource-at.ts';
import type { Invocation } from './command.ts';
import { readTyped } from './option-values.ts';

/** The options by which a command is asked about another time than now. */
export const MOMENT_OPTIONS = { 'as-of': { type: 'string' }, 'known-at': { type: 'string' } } as const;

/** The same in the usage of a command. */
export const MOMENT_USAGE = '[--as-of TIME] [--known-at TIME]';

/** The value of an option that may be given once. */
export const optionText = (values: Invocation['values'], option: string): string | undefined => {
  const value = values[option];
  return value === undefined ? undefined : String(value);
};

/** The moment that the options name; undefined where they name none, which means now. */
export const askedMoment = (values: Invocation['values'], now: Date): Moment | undefined =>
  values['as-of'] === undefined && values['known-at'] === undefined ? undefined : momentOf(values, now);

/** The moment that the options name, or now. Throws a `WrongUsageError` for what is no time. */
export const momentOf = (values: Invocation['values'], now: Date): Moment =>
  readTyped(() =>
    readMoment({ asOf: optionText(values, 'as-of'), knownAt: optionText(values, 'known-at') }, now, {
      asOf: '--as-of',
      knownAt: '--known-at',
    }),
  );
