import type { Flag, Flags, Values } from './command.ts';
import { WrongUsageError } from './errors.ts';
import { ofForm, unknownText } from './option-values.ts';
import type { TableColumn } from './views/table.ts';

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

/** The option that sorts the rows of a list by one of these columns. */
export const sortFlag = (columns: readonly string[]) =>
  ({
    brief: `Sort by a column, with a minus before it from the last value to the first. One of ${columns.join(', ')}.`,
    value: 'COLUMN',
    check: (option: string, text: string) => requireName(option, text.replace(/^-/, ''), columns),
  }) as const satisfies Flag;

/** The options of a list with these columns. `sorted` are those by which it can be sorted; all, if they are absent. */
export const rowFlags = (names: readonly string[], sorted: readonly string[] = names) =>
  ({
    limit: ROW_LIMIT,
    sort: sortFlag(sorted),
    columns: {
      brief: `The columns of text and CSV, with commas between them. Any of ${names.join(', ')}.`,
      value: 'NAMES',
      check: (option: string, text: string) =>
        text.split(',').map((name) => requireName(option, name, names)),
    },
  }) as const satisfies Flags;

/** The values of these options. */
export type RowValues = Values<ReturnType<typeof rowFlags>>;

const requireName = (option: string, name: string, names: readonly string[]): void => {
  if (!names.includes(name)) throw new WrongUsageError(unknownText(`column for --${option}:`, name, names));
};

/** The number of rows that an option names. */
export const limitOf = (option: string, text: string): number =>
  Number(ofForm(option, text, (one) => /^[1-9]\d{0,8}$/.test(one), 'a whole number of at least 1'));
