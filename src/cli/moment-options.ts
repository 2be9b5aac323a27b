import { type ReadMoment, readMoment } from '../projections/moment.ts';
import type { Invocation } from './command.ts';
import { readTyped } from './option-values.ts';

/** The options that select a moment other than now. */
export const MOMENT_OPTIONS = { 'as-of': { type: 'string' }, 'known-at': { type: 'string' } } as const;

/** {@link MOMENT_OPTIONS} in usage syntax. */
export const MOMENT_USAGE = '[--as-of TIME] [--known-at TIME]';

/** The value of an option that is not repeatable; undefined if it is absent. */
export const optionText = (values: Invocation['values'], option: string): string | undefined => {
  const value = values[option];
  return value === undefined ? undefined : String(value);
};

/** The times that the options name. Throws a `WrongUsageError` for an invalid time. */
export const askedMoment = (values: Invocation['values'], now: Date): ReadMoment =>
  readTyped(() =>
    readMoment({ asOf: optionText(values, 'as-of'), knownAt: optionText(values, 'known-at') }, now, {
      asOf: '--as-of',
      knownAt: '--known-at',
    }),
  );
