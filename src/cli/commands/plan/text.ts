import type { Planned } from '../../../explain/what-if.ts';
import { sanitizeTerminal } from '../../views/sanitize-terminal.ts';

/**
 * Fixed widths that fit most values. Rows are written while the trail is read, before the widest cell is
 * known.
 */
const WIDTHS = [24, 7, 24, 26, 27];
const IDS_SHOWN = 3;

/** The table header for {@link planRow}. */
export const PLAN_HEAD = ['when', 'what', 'call', 'who', 'resources', 'tags'];

/** A planned record as a table row. */
export const planRow = ({ eventTime, outcome, eventName, who, resources, tags = {} }: Planned): string[] => {
  const ids = resources.slice(0, IDS_SHOWN).map(({ id }) => id);
  const more = resources.length - ids.length;
  return [
    eventTime ?? '',
    outcome,
    eventName ?? 'direct call',
    `${who.name} (${who.confidence})`,
    more > 0 ? `${ids.join(' ')} +${more}` : ids.join(' '),
    Object.entries(tags)
      .map(([key, value]) => `${key}=${value}`)
      .join(' '),
  ];
};

/** Formats a row as a line. */
export const planLine = (row: readonly string[]): string =>
  row
    .map((cell, i) => sanitizeTerminal(cell).padEnd(WIDTHS[i] ?? 0))
    .join('  ')
    .trimEnd();
