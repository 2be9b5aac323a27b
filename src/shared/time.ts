const SHAPE = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|([+-])([01]\d|2[0-3]):?([0-5]\d))?$/;

/** As CloudTrail writes nearly all times. */
const USUAL = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;

/** Whether the day of such a time is in its month; the first 28 are in every one. */
const isDay = (text: string): boolean => {
  const day = Number(text.slice(8, 10));
  return (
    day <= 28 || day <= new Date(Date.UTC(Number(text.slice(0, 4)), Number(text.slice(5, 7)), 0)).getUTCDate()
  );
};

/**
 * A moment as ISO 8601, UTC, milliseconds; undefined for a text that is no real moment (30 February).
 * CloudTrail writes `2026-03-31T23:59:00Z`; a log lake may give it back with a blank, fractions and no zone,
 * which is then UTC as CloudTrail's own times are. Digits below a millisecond are cut.
 */
export const instantOf = (text: string): string | undefined => {
  if (USUAL.test(text) && isDay(text)) return `${text.slice(0, 19)}.000Z`;
  const match = SHAPE.exec(text);
  if (!match) return undefined;
  const [, date = '', time = '', fraction = '', , sign = '+', hours = '0', minutes = '0'] = match;
  const wall = `${date}T${time}.${fraction.slice(0, 3).padEnd(3, '0')}Z`;
  const millis = Date.parse(wall);
  // Date rolls 30 February over to 1 March: what comes back is then another text.
  if (Number.isNaN(millis) || new Date(millis).toISOString() !== wall) return undefined;
  const offset = (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === '-' ? -1 : 1);
  const instant = new Date(millis - offset).toISOString();
  return instant.length === wall.length ? instant : undefined;
};

/** After every moment of a ledger, in the form in which its texts sort as the moments do. */
export const END_OF_TIME = '9999-12-31T23:59:59.999Z';
