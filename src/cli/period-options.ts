import { isDate, readInstant } from '../projections/moment.ts';
import type { Invocation } from './command.ts';
import { WrongUsageError } from './errors.ts';
import { readTyped } from './option-values.ts';

/** The names of the two options that bound a period. Each option can be absent. */
export interface PeriodOptions {
  readonly from: string;
  readonly to: string;
}

/** A period that includes both ends, in ISO 8601, UTC, with milliseconds. An absent end is open. */
export interface Stretch {
  readonly from?: string;
  readonly to?: string;
}

/**
 * Reads the period that two options name. A date means the whole day in UTC: its start for the first option,
 * its end for the second. Throws a `WrongUsageError` for an invalid time and for an end before the start.
 */
export const readPeriod = (values: Invocation['values'], options: PeriodOptions): Stretch => {
  const [first, last] = [values[options.from], values[options.to]];
  const from = startIn(options.from, first);
  const to = instantIn(options.to, last);
  if (from !== undefined && to !== undefined && to < from) {
    throw new WrongUsageError(
      `got --${options.to} ${last}, which is before --${options.from} ${first}: change them round`,
    );
  }
  return { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
};

/** Like {@link instantIn}, but a date means the first instant of that day, UTC. */
export const startIn = (option: string, value: Invocation['values'][string]): string | undefined =>
  instantIn(option, typeof value === 'string' && isDate(value) ? `${value}T00:00:00.000Z` : value);

const instantIn = (option: string, value: Invocation['values'][string]): string | undefined =>
  value === undefined ? undefined : readTyped(() => readInstant(`--${option}`, String(value)));
