import { readInstant } from '../projections/moment.ts';
import type { Invocation } from './command.ts';
import { WrongUsageError } from './errors.ts';
import { readTyped } from './option-values.ts';

const DATE = /^\d{4}-\d\d-\d\d$/;

/** Two options that bound a time; each may be missing. */
export interface PeriodOptions {
  readonly from: string;
  readonly to: string;
}

/** A stretch of time, both ends in it, ISO 8601, UTC, milliseconds; an end that is absent is open. */
export interface Stretch {
  readonly from?: string;
  readonly to?: string;
}

/**
 * The stretch that two options name. A date is the whole day, in UTC: its beginning for the first option, and its end
 * for the second. Throws a `WrongUsageError` for what is no time, and for an end before the beginning.
 */
export const readPeriod = (values: Invocation['values'], options: PeriodOptions): Stretch => {
  const [first, last] = [values[options.from], values[options.to]];
  const begin = typeof first === 'string' && DATE.test(first) ? `${first}T00:00:00.000Z` : first;
  const from = instantIn(options.from, begin);
  const to = instantIn(options.to, last);
  if (from !== undefined && to !== undefined && to < from) {
    throw new WrongUsageError(
      `got --${options.to} ${last}, which is before --${options.from} ${first}: change them round`,
    );
  }
  return { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
};

const instantIn = (option: string, value: Invocation['values'][string]): string | undefined =>
  value === undefined ? undefined : readTyped(() => readInstant(`--${option}`, String(value)));
