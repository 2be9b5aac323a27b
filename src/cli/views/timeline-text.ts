import { parseArn } from '../../events/resource-arn.ts';
import { actorText, causeText } from '../../explain/actor-text.ts';
import type { Change } from '../../projections/changes.ts';
import type { FailureMark, Interval, Timeline } from '../../projections/timeline.ts';
import { sanitizeTerminal } from './sanitize-terminal.ts';
import { table } from './table.ts';

/** The minimum column width at which a value is legible. */
const LEAST_COLUMN = 8;
const MOST_LABEL = 24;

/**
 * Draws a timeline at most `width` columns wide: a row per key, a column per moment of change, and a legend
 * of the changes below. Time is not to scale, because minutes and months stand side by side. Moments that do
 * not fit continue in another drawing.
 */
export const timelineText = (timeline: Timeline, width: number): string => {
  const { seenAt, bornAt, changes, failures } = timeline;
  const moments = [
    ...new Set([seenAt, ...changes.map(({ effectiveAt }) => effectiveAt), ...failures.map(({ at }) => at)]),
  ].sort();
  const { type, id, account, region } = parseArn(timeline.arn);
  return [
    `${type} ${id} in account ${account}, Region ${region}, as known at ${timeline.knownAt}`,
    ...(bornAt === null || bornAt > seenAt
      ? [`the tags that it had before ${seenAt} are unknown: its creation was not the first thing recorded`]
      : []),
    '',
    ...drawings(timeline, moments, width).flatMap((drawing) => [...drawing, '']),
    table(moments.flatMap((moment, i) => legendOf(timeline, moment, i + 1))),
  ].join('\n');
};

const drawings = (timeline: Timeline, moments: readonly string[], width: number): string[][] => {
  const labels = ['failed', ...timeline.keys.map(({ key }) => sanitizeTerminal(key))];
  const label = Math.min(MOST_LABEL, Math.max(...labels.map(lengthOf)));
  const room = Math.max(width - label - 2, LEAST_COLUMN);
  const most = Math.max(1, Math.floor(room / LEAST_COLUMN));
  const column = Math.max(LEAST_COLUMN, Math.floor(room / Math.min(moments.length, most)));
  const blocks = Array.from({ length: Math.ceil(moments.length / most) }, (_, i) => i * most);
  return blocks.map((start) => {
    const columns = moments.slice(start, start + most);
    const line = (name: string, cells: readonly string[]) =>
      `${fitted(sanitizeTerminal(name), label)}  ${cells.join('')}`.trimEnd();
    return [
      line(
        '',
        columns.map((_, i) => fitted(String(start + i + 1), column)),
      ),
      ...(timeline.failures.length > 0
        ? [
            line(
              'failed',
              columns.map((at) => fitted(isFailure(timeline, at) ? '×' : '', column)),
            ),
          ]
        : []),
      ...timeline.keys.map(({ key, intervals }) =>
        line(
          key,
          columns.map((at, i) => cellOf(intervals, at, column, i === 0)),
        ),
      ),
    ];
  });
};

const isFailure = ({ failures }: Timeline, moment: string): boolean =>
  failures.some(({ at }) => at === moment);

/** The cell of a key from one moment to the next. The value is repeated at the start of each drawing. */
const cellOf = (intervals: readonly Interval[], moment: string, width: number, isFirst: boolean): string => {
  const at = intervals.find(({ from, to }) => from <= moment && (to === null || moment < to));
  if (!at) return fitted(intervals.some(({ to }) => to === moment) ? '┤' : '', width);
  const begins = at.from === moment;
  if (!begins && !isFirst) return '─'.repeat(width);
  const value = at.value === '' ? '""' : sanitizeTerminal(at.value);
  return `${begins ? '├' : '─'}${fitted(value, width - 2)}`.replace(/ *$/, (blanks) =>
    '─'.repeat(blanks.length + 1),
  );
};

const legendOf = (timeline: Timeline, moment: string, number: number): string[][] => {
  const texts = [
    ...timeline.changes.filter(({ effectiveAt }) => effectiveAt === moment).map(changeText),
    ...timeline.failures.filter(({ at }) => at === moment).map(failureText),
  ];
  return (texts.length > 0 ? texts : ['first seen']).map((text, i) =>
    i === 0 ? [String(number), moment, text] : ['', '', text],
  );
};

const changeText = (change: Change): string => {
  const { what, tags, isLate, recordedAt } = change;
  const keys = tags
    .map(({ key, new: value, isUnordered }) => {
      return `${key}${value === null ? ' removed' : ''}${isUnordered ? ' (unordered)' : ''}`;
    })
    .join(', ');
  const did = what === 'tagged' ? keys : `${what}${keys && ` with ${keys}`}`;
  return `${did} by ${actorText(change)}, because of ${causeText(change)}${isLate ? `; late, recorded ${recordedAt}` : ''}`;
};

const failureText = ({ code, class: failureClass, retryAt }: FailureMark): string =>
  `attempt failed: ${code} (${failureClass}), ${retryAt ? `again at ${retryAt}` : 'final'}`;

/** The length in code points, which is the display width in most scripts. */
const lengthOf = (text: string): number => [...text].length;

/** Pads or truncates text to exactly `width` characters. */
const fitted = (text: string, width: number): string => {
  const characters = [...text];
  if (characters.length <= width) return text + ' '.repeat(width - characters.length);
  return `${characters.slice(0, width - 1).join('')}…`;
};
