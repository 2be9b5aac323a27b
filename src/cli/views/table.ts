import stringWidth from 'string-width';
import { coloured, type TextColour, type TextStyle } from '../text-style.ts';
import { cutText, padText, paragraph, wrapText } from './fit-text.ts';
import { sanitizeTerminal } from './sanitize-terminal.ts';

/** A column of a table. */
export interface TableColumn {
  /** Its heading. A table has a line of headings if its columns have names. */
  readonly name?: string;
  /**
   * How a cell is fitted that is too long: cut, or wrapped at spaces. Absent for what must stay in one piece,
   * such as an id or a time.
   */
  readonly fit?: 'cut' | 'wrap';
  /** The fewest columns that its cells are fitted to; {@link LEAST} if absent. */
  readonly least?: number;
  /**
   * It is left out, with a note, if the table cannot be fitted otherwise; the lowest number first. Needs a
   * name.
   */
  readonly optional?: number;
  /** The colour of a cell. A cell says in words what its colour says. */
  readonly colour?: (cell: string, row: readonly string[]) => TextColour | undefined;
}

const LEAST = 8;
const GAP = '  ';

/** Columns for facts, each a name and a text that is wrapped. */
export const FACTS: readonly TableColumn[] = [{}, { fit: 'wrap' }];

/** Columns for counts, each a name, a number and a text that is wrapped. */
export const COUNTS: readonly TableColumn[] = [{}, {}, { fit: 'wrap' }];

/**
 * Formats rows as lines with aligned columns. Columns that are not described are never fitted.
 *
 * If the table is wider than the style's width, its columns are fitted, the widest first. If that is not enough,
 * optional columns are left out. If that is not enough either, the lines stay longer:
 * nothing that must stay in one piece is ever cut.
 */
export const table = (
  rows: readonly (readonly string[])[],
  style: TextStyle,
  columns: readonly TableColumn[] = [],
): string => {
  const isHeaded = columns.some(({ name }) => name !== undefined);
  const heads = isHeaded ? [columns.map(({ name = '' }) => name)] : [];
  const all = [...heads, ...rows].map((row) => row.map(sanitizeTerminal));
  const { shown, widths } = layoutOf(naturalWidths(all), style, columns);
  const lines = all.flatMap((row, y) => linesOf(row, { shown, widths, style, columns }, isHeaded && y === 0));
  const left = columns.filter((_, i) => !shown.includes(i)).map(({ name }) => name);
  return [...lines, ...(left.length > 0 ? [leftOutText(left.join(', '), style)] : [])].join('\n');
};

const leftOutText = (names: string, style: TextStyle): string => {
  const lines = paragraph(`not shown for want of room: ${names}; -o wide shows all`, style);
  return `\n${coloured(lines, 'dim', style)}`;
};

/** The width of each column's widest cell. */
const naturalWidths = (cells: readonly (readonly string[])[]): number[] => {
  const widths: number[] = [];
  for (const row of cells)
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, stringWidth(cell));
    });
  return widths;
};

interface Layout {
  /** The places of the columns that are shown, in order. */
  readonly shown: readonly number[];
  /** The width of each column, also of those that are not shown. */
  readonly widths: readonly number[];
}

const layoutOf = (
  natural: readonly number[],
  { width }: TextStyle,
  columns: readonly TableColumn[],
): Layout => {
  let shown = [...natural.keys()];
  if (width === undefined) return { shown, widths: natural };
  for (;;) {
    const widths = fitted(natural, { shown, width, columns });
    if (totalOf(widths, shown) <= width) return { shown, widths };
    const [first] = shown
      .filter((i) => columns[i]?.optional !== undefined)
      .sort((a, b) => (columns[a]?.optional ?? 0) - (columns[b]?.optional ?? 0));
    if (first === undefined) return { shown, widths };
    shown = shown.filter((i) => i !== first);
  }
};

const totalOf = (widths: readonly number[], shown: readonly number[]): number =>
  shown.reduce((sum, i) => sum + (widths[i] ?? 0), GAP.length * (shown.length - 1));

/** The widths of the columns after the widest were narrowed, as far as they may be. */
const fitted = (
  natural: readonly number[],
  {
    shown,
    width,
    columns,
  }: { readonly shown: readonly number[]; readonly width: number; readonly columns: readonly TableColumn[] },
): readonly number[] => {
  const widths = [...natural];
  const widthAt = (i: number): number => widths[i] ?? 0;
  for (let over = totalOf(widths, shown) - width; over > 0; over -= 1) {
    const narrowable = shown.filter((i) => columns[i]?.fit && widthAt(i) > (columns[i]?.least ?? LEAST));
    if (narrowable.length === 0) break;
    const widest = narrowable.reduce((a, b) => (widthAt(b) > widthAt(a) ? b : a));
    widths[widest] = widthAt(widest) - 1;
  }
  return widths;
};

/** The lines of a row. It has several if a cell is wrapped. */
const linesOf = (
  row: readonly string[],
  {
    shown,
    widths,
    style,
    columns,
  }: Layout & { readonly style: TextStyle; readonly columns: readonly TableColumn[] },
  isHead: boolean,
): string[] => {
  const cells = shown
    .filter((i) => i < row.length)
    .map((i) => {
      const [text = '', width = 0, { fit, colour } = {} as TableColumn] = [row[i], widths[i], columns[i]];
      return {
        lines: fit ? fitCell(text, width, fit, style) : [text],
        width,
        colour: isHead ? ('bold' as const) : colour?.(text, row),
      };
    });
  const height = Math.max(1, ...cells.map(({ lines }) => lines.length));
  return Array.from({ length: height }, (_, y) =>
    cells
      .map(({ lines, width, colour }, x) => {
        const line = lines[y] ?? '';
        const padding = x < cells.length - 1 ? padText(line, width).slice(line.length) : '';
        return coloured(line, colour, style) + padding;
      })
      .join(GAP)
      .trimEnd(),
  );
};

const fitCell = (
  text: string,
  width: number,
  fit: NonNullable<TableColumn['fit']>,
  style: TextStyle,
): string[] => (fit === 'cut' ? [cutText(text, width, style)] : wrapText(text, width));
