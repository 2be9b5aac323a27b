import stringWidth from 'string-width';
import { parseArn } from '../../events/resource-arn.ts';
import { actorText, causeText, UNSEEN_TAGS } from '../../explain/actor-text.ts';
import type { Change } from '../../projections/changes.ts';
import type { FailureMark, Interval, Timeline } from '../../projections/timeline.ts';
import { coloured, type TextStyle } from '../text-style.ts';
import { cutText, padText, paragraph } from './fit-text.ts';
import { sanitizeTerminal } from './sanitize-terminal.ts';
import { type TableColumn, table } from './table.ts';

/** The least width of a column, at which a value is legible. */
const LEAST_COLUMN = 8;
const MOST_LABEL = 24;

const LEGEND: readonly TableColumn[] = [{}, {}, { fit: 'wrap', least: 24 }];

/** The signs of a drawing, each one column wide. */
interface Signs {
  readonly begins: string;
  readonly lasts: string;
  readonly ends: string;
  readonly failed: string;
}
const UNICODE: Signs = { begins: '├', lasts: '─', ends: '┤', failed: '×' };
const ASCII: Signs = { begins: '|', lasts: '-', ends: '|', failed: 'x' };

/**
 * Draws a timeline: a row per key, a column per moment of change, and a legend of the changes below. Time is
 * not to scale, because minutes and months stand side by side.
 *
 * With `width`, a drawing has at most so many columns: keys and values are cut, and moments that do not fit
 * continue in another drawing. Without, there is one drawing with everything in full.
 */
export const timelineText = (timeline: Timeline, style: TextStyle, width = style.width): string => {
  const { seenAt, bornAt, foundAt, changes, failures } = timeline;
  const moments = [
    ...new Set([seenAt, ...changes.map(({ effectiveAt }) => effectiveAt), ...failures.map(({ at }) => at)]),
  ].sort();
  const { type, id, account, region } = parseArn(timeline.arn);
  const drawings =
    width === undefined ? [drawingInFull(timeline, moments)] : fittedDrawings(timeline, moments, width);
  return [
    paragraph(
      `${type} ${id} in account ${account}, Region ${region}, as known at ${timeline.knownAt}`,
      style,
    ),
    ...(bornAt === null || bornAt > seenAt
      ? [
          paragraph(
            foundAt === undefined
              ? `the tags that it had before ${seenAt} are unknown: its creation was not the first thing recorded`
              : `not all tags that it had before ${foundAt} are known: its creation was not recorded, and a baseline showed it then`,
            style,
          ),
        ]
      : []),
    ...(timeline.unseenTags ? [paragraph(`note: ${UNSEEN_TAGS}`, style)] : []),
    '',
    ...drawings.flatMap((drawing) => [...linesOf(timeline, drawing, style), '']),
    table(
      moments.flatMap((moment, i) => legendOf(timeline, moment, i + 1)),
      style,
      LEGEND,
    ),
  ].join('\n');
};

/** A drawing's measures. Widths are columns of the terminal. */
interface Drawing {
  readonly labelWidth: number;
  readonly columns: readonly DrawingColumn[];
}

/** The stretch from one moment of change to the next. */
interface DrawingColumn {
  readonly number: number;
  readonly moment: string;
  readonly width: number;
}

const labelWidth = ({ keys }: Timeline): number =>
  Math.max(...['failed', ...keys.map(({ key }) => sanitizeTerminal(key))].map((text) => stringWidth(text)));

const fittedDrawings = (
  timeline: Timeline,
  moments: readonly string[],
  width: number,
): readonly Drawing[] => {
  const label = Math.min(MOST_LABEL, labelWidth(timeline));
  const room = Math.max(width - label - 2, LEAST_COLUMN);
  const most = Math.max(1, Math.floor(room / LEAST_COLUMN));
  const column = Math.max(LEAST_COLUMN, Math.floor(room / Math.min(moments.length, most)));
  const columns = moments.map((moment, i) => ({ number: i + 1, moment, width: column }));
  return Array.from({ length: Math.ceil(moments.length / most) }, (_, i) => ({
    labelWidth: label,
    columns: columns.slice(i * most, (i + 1) * most),
  }));
};

const drawingInFull = (timeline: Timeline, moments: readonly string[]): Drawing => {
  const widths = moments.map(() => LEAST_COLUMN);
  for (const interval of timeline.keys.flatMap(({ intervals }) => intervals)) {
    const span = [...moments.keys()].filter((i) => covers(interval, moments[i] ?? ''));
    const room = span.reduce((sum, i) => sum + (widths[i] ?? 0), 0);
    const last = span.at(-1) ?? 0;
    // A sign stands before the value, and another one behind it.
    widths[last] = (widths[last] ?? 0) + Math.max(0, stringWidth(shownValue(interval.value)) + 2 - room);
  }
  const columns = moments.map((moment, i) => ({ number: i + 1, moment, width: widths[i] ?? 0 }));
  return { labelWidth: labelWidth(timeline), columns };
};

const covers = ({ from, to }: Interval, moment: string): boolean =>
  from <= moment && (to === null || moment < to);

const linesOf = (
  { keys, failures }: Timeline,
  { labelWidth, columns }: Drawing,
  style: TextStyle,
): readonly string[] => {
  const signs = style.unicode ? UNICODE : ASCII;
  const line = (name: string, content: string) =>
    `${padText(cutText(sanitizeTerminal(name), labelWidth, style), labelWidth)}  ${content}`.trimEnd();
  const failed = ({ moment, width }: DrawingColumn) =>
    failures.some(({ at }) => at === moment)
      ? coloured(signs.failed, 'red', style) + ' '.repeat(width - 1)
      : ' '.repeat(width);
  return [
    line('', columns.map(({ number, width }) => String(number).padEnd(width)).join('')),
    ...(failures.length > 0 ? [line('failed', columns.map(failed).join(''))] : []),
    ...keys.map(({ key, intervals }) => line(key, barOf(intervals, columns, { signs, style }))),
  ];
};

/** The bar of a key. A value that began in an earlier drawing is repeated at the start. */
const barOf = (
  intervals: readonly Interval[],
  columns: readonly DrawingColumn[],
  { signs, style }: { readonly signs: Signs; readonly style: TextStyle },
): string => {
  let bar = '';
  let drawn: Interval | undefined;
  for (const { moment, width } of columns) {
    const interval = intervals.find((one) => covers(one, moment));
    if (!interval) {
      bar += padText(intervals.some(({ to }) => to === moment) ? signs.ends : '', width);
    } else if (interval !== drawn) {
      const room = columns.reduce((sum, one) => (covers(interval, one.moment) ? sum + one.width : sum), 0);
      const value = cutText(shownValue(interval.value), room - 2, style);
      const sign = interval.from === moment ? signs.begins : signs.lasts;
      bar += `${sign}${value}${signs.lasts.repeat(room - 1 - stringWidth(value))}`;
    }
    drawn = interval;
  }
  return bar;
};

const shownValue = (value: string): string => (value === '' ? '""' : sanitizeTerminal(value));

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
  const verb = what === 'uncertain' ? 'perhaps ended' : what;
  const did = what === 'tagged' ? keys : `${verb}${keys && ` with ${keys}`}`;
  // A baseline shows what was there before, whoever put it there.
  const by = what === 'found' ? '' : ` by ${actorText(change)}`;
  return `${did}${by}, because of ${causeText(change)}${isLate ? `; late, recorded ${recordedAt}` : ''}`;
};

const failureText = ({ code, class: failureClass, retryAt }: FailureMark): string =>
  `attempt failed: ${code} (${failureClass}), ${retryAt ? `again at ${retryAt}` : 'final'}`;
