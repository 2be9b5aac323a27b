const SHAPE = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|([+-])([01]\d|2[0-3]):?([0-5]\d))?$/;

/**
 * A moment as ISO 8601, UTC, milliseconds; undefined for a text that is no real moment (30 February).
 * CloudTrail writes `2026-03-31T23:59:00Z`; a log lake may give it back with a blank, fractions and no zone,
 * which is then UTC as CloudTrail's own times are. Digits below a millisecond are cut.
 */
export const instantOf = (text: string): string | undefined => {
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
