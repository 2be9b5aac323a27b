import type { Planned } from '../../../explain/what-if.ts';
import { sanitizeTerminal } from '../../views/sanitize-terminal.ts';

/** Wide enough for most: the rows come while the trail is read, before the widest cell is known. */
const WIDTHS = [24, 7, 24, 26, 27];
const IDS_SHOWN = 3;

/** The head of the table that {@link planRow} gives the rows of. */
export const PLAN_HEAD = ['when', 'what', 'call', 'who', 'resources', 'tags'];

/** A record as a row of a table. */
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

/** A row as a line. */
export const planLine = (row: readonly string[]): string =>
  row
    .map((cell, i) => sanitizeTerminal(cell).padEnd(WIDTHS[i] ?? 0))
    .join('  ')
    .trimEnd();
