import { EVENT_FORMATS, type EventFormat } from '../../events/tag-event.ts';
import { InvalidInputError } from '../../shared/errors.ts';
import { shown } from '../../shared/text.ts';

/**
 * Reads the format for appended events from `EVENT_FORMAT`. The default is 1, so that an upgraded deployment
 * keeps writing the old format until all of its readers know the next one. Throws an `InvalidInputError` for
 * an unknown format.
 */
export const readEventFormat = ({
  EVENT_FORMAT = '',
}: Readonly<Record<string, string | undefined>>): EventFormat => {
  const said = EVENT_FORMAT.trim() || '1';
  const format = EVENT_FORMATS.find((known) => String(known) === said);
  if (format) return format;
  throw new InvalidInputError(
    `EVENT_FORMAT is ${shown(said)}, and this version writes the formats ${EVENT_FORMATS.join(' and ')}. Set it to one of these, or leave it out for 1.`,
  );
};
