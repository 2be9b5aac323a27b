import { InvalidInputError } from '../shared/errors.ts';
import { shown } from '../shared/text.ts';
import { instantOf } from '../shared/time.ts';
import { type Horizon, type HorizonView, horizonView } from './horizon.ts';
import type { Moment } from './resource-at.ts';

const DATE = /^\d{4}-\d\d-\d\d$/;
/** The zone is required, because an answer for auditors must not depend on a guess. Seconds are optional. */
const TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d)(:\d\d(?:\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?$/i;

/**
 * Reads an instant as people write it, and returns it in ISO 8601, UTC, milliseconds. The text is a time with
 * its zone (`2026-03-31T23:59+02:00`), or a date, which means the end of that day in UTC. `name` is the
 * option or field that held the text, such as `--as-of`. Throws an `InvalidInputError` for anything else,
 * including a day or time that does not exist.
 */
export const readInstant = (name: string, text: string): string => {
  const [, minute = '', seconds = ':00', zone] = TIME.exec(text) ?? [];
  if (minute !== '' && zone === undefined) {
    throw new InvalidInputError(
      `The time ${shown(text)} of ${name} has no zone. Add Z or +02:00, such as ${text}Z.`,
    );
  }
  const instant = instantOf(
    DATE.test(text) ? `${text}T23:59:59.999Z` : `${minute.toUpperCase()}${seconds}${zone?.toUpperCase()}`,
  );
  if (instant !== undefined) return instant;
  throw new InvalidInputError(
    `The value ${shown(text)} of ${name} is not a date or a time. Write a date such as 2026-03-31, in UTC, or a time with its zone such as 2026-03-31T23:59:00Z or 2026-03-31T23:59+02:00.`,
  );
};

/** The two times of a question, as a person wrote them. */
export interface AskedMoment {
  readonly asOf?: string | undefined;
  readonly knownAt?: string | undefined;
}

/** The two times of a question, read. `asOf` is absent if the question has no moment of its own. */
export interface ReadMoment extends Pick<Moment, 'knownAt'> {
  readonly asOf?: string;
  /** Whether `asOf` is the end of a day that was given as a date. */
  readonly isDay?: boolean;
}

/**
 * Reads the times of a question. `knownAt` is now by default, and a time in the future becomes now, because no ledger
 * knows more than that; the answer repeats the times that were used, so it stays true as the ledger grows. An `asOf`
 * after `knownAt` is allowed: the answer is what was known at `knownAt` about that later time.
 */
export const readMoment = (
  asked: AskedMoment,
  now: Date,
  names = { asOf: 'asOf', knownAt: 'knownAt' },
): ReadMoment => {
  const present = now.toISOString();
  const asOf = asked.asOf === undefined ? undefined : readInstant(names.asOf, asked.asOf);
  const knownAt = asked.knownAt === undefined ? present : readInstant(names.knownAt, asked.knownAt);
  const isDay = asked.asOf !== undefined && isDate(asked.asOf);
  return { ...(asOf !== undefined && { asOf, isDay }), knownAt: knownAt < present ? knownAt : present };
};

/** What an answer says of the horizon that has no moment of its own. */
export const horizonNow = (horizon: Horizon, knownAt: string): HorizonView =>
  horizonView(horizon, momentBy({ knownAt }, horizon).asOf);

/** The moment of a question: by default the newest of which the ledger has heard, and `knownAt` if nothing tells that. */
export const momentBy = ({ asOf, isDay = false, knownAt }: ReadMoment, horizon: Horizon): Moment => ({
  asOf: asOf === undefined ? (horizon.heardUntil ?? knownAt) : isDay ? endOfDay(asOf, horizon) : asOf,
  knownAt,
});

/** The end of a day, or the moment of that day until which the ledger has heard of AWS. */
export const endOfDay = (end: string, { heardUntil }: Horizon): string =>
  heardUntil !== null && heardUntil < end && heardUntil.slice(0, 10) === end.slice(0, 10) ? heardUntil : end;

/** Whether a time was given as a date. */
export const isDate = (text: string): boolean => DATE.test(text);

const STEP = /^([1-9]\d{0,5})([mhdw])$/;
const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 } as const;

/** The most instants in one time series; each is a separate question. */
const MOST_STEPS = 1_000;

/**
 * Returns the instants `from`, `from + step` and so on. `to` is included only when a step falls on it. A step
 * is a number of minutes, hours, days or weeks of UTC (`30m`, `6h`, `1d`, `2w`). Throws an
 * `InvalidInputError` for unreadable texts, for a `to` before `from`, and for more than 1,000 instants.
 */
export const readCourse = ({
  from,
  to,
  step,
}: Readonly<Record<'from' | 'to' | 'step', string>>): string[] => {
  const begin = Date.parse(readInstant('--from', from));
  const end = Date.parse(readInstant('--to', to));
  const [, count, unit] = STEP.exec(step) ?? [];
  if (!count || !unit) {
    throw new InvalidInputError(
      `The value ${shown(step)} of --step is not a number of minutes, hours, days or weeks. Write one such as 30m, 6h, 1d or 2w.`,
    );
  }
  if (end < begin) {
    throw new InvalidInputError(`--to ${to} is before --from ${from}. Swap them.`);
  }
  const every = Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS];
  const steps = Math.floor((end - begin) / every) + 1;
  if (steps > MOST_STEPS) {
    throw new InvalidInputError(
      `--step ${step} gives ${steps} instants, and at most ${MOST_STEPS} are possible. Take a longer step, or a shorter time.`,
    );
  }
  return Array.from({ length: steps }, (_, n) => new Date(begin + n * every).toISOString());
};
