const SHAPE = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|([+-])([01]\d|2[0-3]):?([0-5]\d))?$/;

/** The form in which CloudTrail writes nearly all times. */
const USUAL = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;

/** Whether the day of such a time exists in its month. Every month has the first 28. */
const isDay = (text: string): boolean => {
  const day = Number(text.slice(8, 10));
  return (
    day <= 28 || day <= new Date(Date.UTC(Number(text.slice(0, 4)), Number(text.slice(5, 7)), 0)).getUTCDate()
  );
};

/**
 * Normalises a time to ISO 8601 in UTC with milliseconds; undefined for a text that is no real moment
 * (30 February). CloudTrail writes `2026-03-31T23:59:00Z`. A log lake may return it with a space
 * instead of the `T`, with fractions, or without a zone, which means UTC as in CloudTrail. Digits
 * below a millisecond are cut off.
 */
export const instantOf = (text: string): string | undefined => {
  if (USUAL.test(text) && isDay(text)) return `${text.slice(0, 19)}.000Z`;
  const match = SHAPE.exec(text);
  if (!match) return undefined;
  const [, date = '', time = '', fraction = '', , sign = '+', hours = '0', minutes = '0'] = match;
  const wall = `${date}T${time}.${fraction.slice(0, 3).padEnd(3, '0')}Z`;
  const millis = Date.parse(wall);
  // Date turns 30 February into 1 March, so the result differs from the input.
  if (Number.isNaN(millis) || new Date(millis).toISOString() !== wall) return undefined;
  const offset = (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === '-' ? -1 : 1);
  const instant = new Date(millis - offset).toISOString();
  return instant.length === wall.length ? instant : undefined;
};

/** Later than every moment in a ledger. It has the same form, so texts sort in the order of their moments. */
export const END_OF_TIME = '9999-12-31T23:59:59.999Z';
