import { withFoldVersion } from '../events/resource.ts';
import type { Console } from './terminal.ts';

/** Writes one object as indented JSON or on one line (NDJSON). */
export const writeObject = ({ stdout }: Console, format: 'json' | 'ndjson', answer: object): void =>
  stdout(JSON.stringify(answer, null, format === 'json' ? 2 : 0));

/** Writes one folded object as {@link writeObject} does, with the fold's version. */
export const writeFolded = (console: Console, format: 'json' | 'ndjson', answer: object): void =>
  writeObject(console, format, withFoldVersion(answer));

/** Writes folded rows as NDJSON, each with the fold's version. */
export const writeFoldedList = (console: Console, rows: readonly object[]): void =>
  writeList(console, 'ndjson', rows.map(withFoldVersion));

/** Writes a list as JSON (one array) or NDJSON (one item per line). */
export const writeList = (
  { stdout }: Console,
  format: 'json' | 'ndjson',
  items: readonly unknown[],
): void => {
  if (format === 'json') stdout(JSON.stringify(items, null, 2));
  else for (const item of items) stdout(JSON.stringify(item));
};
