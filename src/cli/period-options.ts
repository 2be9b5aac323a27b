import { isDate, readInstant } from '../projections/moment.ts';
import { WrongUsageError } from './errors.ts';
import { readTyped } from './option-values.ts';

/** The values of `--from` and `--to`. */
interface PeriodValues {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** A period that includes both ends, in ISO 8601, UTC, with milliseconds. An absent end is open. */
export interface Stretch {
  readonly from?: string;
  readonly to?: string;
}

/**
 * Reads the period that `--from` and `--to` name. A date means the whole day in UTC: its start for the first,
 * its end for the second. Throws a `WrongUsageError` for an invalid time and for an end before the start.
 */
export const readPeriod = (values: PeriodValues): Stretch => {
  const from = startOf(values.from);
  const to = instantOf('to', values.to);
  if (from !== undefined && to !== undefined && to < from)
    throw new WrongUsageError(`--to ${values.to} is before --from ${values.from}. Swap them.`);
  return { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
};

/** The time of `--from`. A date means the first instant of that day, UTC. */
export const startOf = (value: string | undefined): string | undefined =>
  instantOf('from', value !== undefined && isDate(value) ? `${value}T00:00:00.000Z` : value);

const instantOf = (option: string, value: string | undefined): string | undefined =>
  value === undefined ? undefined : readTyped(() => readInstant(`--${option}`, value));
