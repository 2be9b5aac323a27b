import { csvRecord } from '../../compliance/csv.ts';
import { limitOf, type RowColumn, type RowValues } from '../row-options.ts';
import type { Console } from '../terminal.ts';
import type { TextStyle } from '../text-style.ts';
import { table } from './table.ts';

/**
 * Sorts and limits rows. Without `--sort`, and where values are equal, they stay in their order. What the limit leaves
 * out is said on stderr.
 */
export const sortAndLimit = <T>(
  rows: readonly T[],
  columns: readonly Pick<RowColumn<T>, 'name' | 'of'>[],
  { sort, limit }: Pick<RowValues, 'sort' | 'limit'>,
  console: Console,
): readonly T[] => {
  const sorted = sortRows(rows, columns, sort);
  const most = limit === undefined ? rows.length : limitOf('limit', limit);
  if (most < rows.length) console.stderr(`Showing ${most} of ${rows.length} rows (--limit ${limit}).`);
  return sorted.slice(0, most);
};

/** The columns that `--columns` names, or else those that are not extra. */
export const chooseColumns = <T>(
  columns: readonly RowColumn<T>[],
  names: string | undefined,
): readonly RowColumn<T>[] =>
  names === undefined
    ? columns.filter(({ isExtra }) => !isExtra)
    : names.split(',').flatMap((name) => columns.filter((column) => column.name === name));

/** Writes rows as a table, or as CSV with a line of headings. */
export const writeRows = <T>(
  rows: readonly T[],
  columns: readonly RowColumn<T>[],
  { format, console }: { readonly format: 'text' | 'csv'; readonly console: Console },
): void => {
  if (format === 'text') console.stdout(rowsText(rows, columns, console.style));
  else
    for (const record of [columns.map(({ name }) => name), ...cellsOf(rows, columns)])
      console.stdout(`${csvRecord(record)}\r`);
};

/** Rows as a table. */
export const rowsText = <T>(rows: readonly T[], columns: readonly RowColumn<T>[], style: TextStyle): string =>
  table(cellsOf(rows, columns), style, columns);

const cellsOf = <T>(rows: readonly T[], columns: readonly RowColumn<T>[]): string[][] =>
  rows.map((row) => columns.map(({ of }) => of(row)));

/** Rows sorted by the column that `--sort` names; as they are without it. */
export const sortRows = <T>(
  rows: readonly T[],
  columns: readonly Pick<RowColumn<T>, 'name' | 'of'>[],
  sort: string | undefined,
): readonly T[] => {
  if (sort === undefined) return rows;
  const isDown = sort.startsWith('-');
  const of = columns.find(({ name }) => name === sort.replace(/^-/, ''))?.of ?? (() => '');
  return [...rows].sort((a, b) => {
    const [x, y] = isDown ? [of(b), of(a)] : [of(a), of(b)];
    return x === y ? 0 : x < y ? -1 : 1;
  });
};
