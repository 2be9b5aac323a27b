import { instantOf } from '../cloudtrail/instant.ts';
import { shown } from '../cloudtrail/record.ts';
import { InvalidInputError } from '../events/invalid-input-error.ts';

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
