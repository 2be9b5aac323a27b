import { csvRecord } from '../compliance/csv.ts';
import type { Flag, Flags, Values } from './command.ts';
import { WrongUsageError } from './errors.ts';
import { ofForm, unknownText } from './option-values.ts';
import type { Console } from './terminal.ts';
import { type TableColumn, table } from './views/table.ts';

/** A column of a list: what it is called, and what a row has in it. */
export interface RowColumn<T> extends TableColumn {
  readonly name: string;
  readonly of: (row: T) => string;
  /** It is shown only if `--columns` names it. */
  readonly isExtra?: true;
}

/** The option that limits the rows of a list. */
export const ROW_LIMIT = {
  brief: 'At most so many rows.',
  value: 'N',
  check: (option: string, text: string) => limitOf(option, text),
} as const satisfies Flag;

/** The options of a list with these columns. `sorted` are those by which it can be sorted; all, if they are absent. */
export const rowFlags = (names: readonly string[], sorted: readonly string[] = names) =>
  ({
    limit: ROW_LIMIT,
    sort: {
      brief: `Sort by a column, with a minus before it from the last value to the first. One of ${sorted.join(', ')}.`,
      value: 'COLUMN',
      check: (option: string, text: string) => requireName(option, text.replace(/^-/, ''), sorted),
    },
    columns: {
      brief: `The columns of text and CSV, with commas between them. Any of ${names.join(', ')}.`,
      value: 'NAMES',
      check: (option: string, text: string) =>
        text.split(',').map((name) => requireName(option, name, names)),
    },
  }) as const satisfies Flags;

type RowValues = Values<ReturnType<typeof rowFlags>>;

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
  const sorted = sort === undefined ? rows : sortedBy(rows, columns, sort);
  const most = limit === undefined ? rows.length : limitOf('limit', limit);
  if (most < rows.length) console.stderr(`Shown are ${most} of ${rows.length} rows, because of --limit.`);
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
  const cells = rows.map((row) => columns.map(({ of }) => of(row)));
  if (format === 'text') console.stdout(table(cells, console.style, columns));
  else
    for (const record of [columns.map(({ name }) => name), ...cells])
      console.stdout(`${csvRecord(record)}\r`);
};

const sortedBy = <T>(
  rows: readonly T[],
  columns: readonly Pick<RowColumn<T>, 'name' | 'of'>[],
  sort: string,
): readonly T[] => {
  const isDown = sort.startsWith('-');
  const of = columns.find(({ name }) => name === sort.replace(/^-/, ''))?.of ?? (() => '');
  return [...rows].sort((a, b) => {
    const [x, y] = isDown ? [of(b), of(a)] : [of(a), of(b)];
    return x === y ? 0 : x < y ? -1 : 1;
  });
};

const requireName = (option: string, name: string, names: readonly string[]): void => {
  if (!names.includes(name)) throw new WrongUsageError(unknownText(`column of --${option}:`, name, names));
};

/** The number of rows that an option names. */
export const limitOf = (option: string, text: string): number =>
  Number(ofForm(option, text, (one) => /^[1-9]\d{0,8}$/.test(one), 'a number of rows such as 20'));
