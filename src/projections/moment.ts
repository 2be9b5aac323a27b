import { InvalidInputError } from '../shared/errors.ts';
import { shown } from '../shared/text.ts';
import { instantOf } from '../shared/time.ts';
import type { Moment } from './resource-at.ts';

const DATE = /^\d{4}-\d\d-\d\d$/;
/** A zone must be there: an answer for auditors does not lean on a guess. Seconds may be missing. */
const TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d)(:\d\d(?:\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)$/i;

/**
 * An instant as people write it, as ISO 8601, UTC, milliseconds: a time with its zone (`2026-03-31T23:59+02:00`), or a
 * date, which is the end of that day in UTC. `name` is what the text was given as, such as `--as-of`. Throws an
 * `InvalidInputError` for anything else, also for a day or a time that does not exist.
 */
export const readInstant = (name: string, text: string): string => {
  const [, minute = '', seconds = ':00', zone = ''] = TIME.exec(text) ?? [];
  const instant = instantOf(
    DATE.test(text) ? `${text}T23:59:59.999Z` : `${minute.toUpperCase()}${seconds}${zone.toUpperCase()}`,
  );
  if (instant !== undefined) return instant;
  throw new InvalidInputError(
    `got ${shown(text)} as ${name}, expected a date such as 2026-03-31 (the end of that day in UTC), or a time with its zone such as 2026-03-31T23:59:00Z or 2026-03-31T23:59+02:00`,
  );
};

/** The two times of a question as a person gave them. */
export interface AskedMoment {
  readonly asOf?: string | undefined;
  readonly knownAt?: string | undefined;
}

/**
 * The {@link Moment} that a question means; what was not said is now. A `knownAt` in the future is taken as now: more
 * than that no ledger knows yet, and the answer repeats what was used, so it stays true as the ledger grows. An `asOf`
 * after `knownAt` is allowed: the answer is what was known by then of what would be true.
 */
export const readMoment = (
  asked: AskedMoment,
  now: Date,
  names = { asOf: 'asOf', knownAt: 'knownAt' },
): Moment => {
  const present = now.toISOString();
  const asOf = asked.asOf === undefined ? present : readInstant(names.asOf, asked.asOf);
  const knownAt = asked.knownAt === undefined ? present : readInstant(names.knownAt, asked.knownAt);
  return { asOf, knownAt: knownAt < present ? knownAt : present };
};

const STEP = /^([1-9]\d{0,5})([mhdw])$/;
const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 } as const;

/** The most instants of one course; each is a question of its own. */
const MOST_STEPS = 1_000;

/**
 * The instants `from`, `from + step`, ... up to `to`, which is one of them only where the steps meet it; steps are
 * minutes, hours, days or weeks of UTC (`30m`, `6h`, `1d`, `2w`). Throws an `InvalidInputError` for texts that say no
 * such thing, and for more than 1,000 instants.
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
      `got ${shown(step)} as --step, expected a number of minutes, hours, days or weeks such as 30m, 6h, 1d or 2w`,
    );
  }
  if (end < begin) {
    throw new InvalidInputError(
      `got --to ${shown(to)}, which is before --from ${shown(from)}: change them round`,
    );
  }
  const every = Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS];
  const steps = Math.floor((end - begin) / every) + 1;
  if (steps > MOST_STEPS) {
    throw new InvalidInputError(
      `got --step ${step}, which gives ${steps} instants, expected at most ${MOST_STEPS}: take a longer step, or a shorter time`,
    );
  }
  return Array.from({ length: steps }, (_, n) => new Date(begin + n * every).toISOString());
};
