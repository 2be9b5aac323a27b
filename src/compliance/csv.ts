import type { FindingView } from './finding-view.ts';

/** The columns of a finding in CSV, in the order in which an auditor reads them. */
export const COLUMNS = [
  'status',
  'resource',
  'type',
  'account',
  'region',
  'rule',
  'key',
  'value',
  'reason',
  'owner',
  'ownerConfidence',
  'ownerArn',
  'ownerTag',
  'bornAt',
  'asOf',
  'knownAt',
  'id',
] as const satisfies readonly (keyof FindingView)[];

/** A finding as one record; what is not there is an empty cell. */
export const csvOf = (finding: FindingView): string =>
  csvRecord(COLUMNS.map((column) => finding[column] ?? ''));

/**
 * One record of CSV without the end of its line (RFC 4180; lines end in CR LF). Every cell is quoted, so that no
 * separator of any country begins a cell of its own, and a cell that a spreadsheet could take for a formula begins
 * with an apostrophe (OWASP, "CSV Injection"; CWE-1236).
 */
export const csvRecord = (cells: readonly string[]): string =>
  cells.map((cell) => `"${harmless(cell).replaceAll('"', '""')}"`).join(',');

/**
 * What spreadsheets begin a formula with. Full-width, small and superscript forms become these by NFKC; what is blank
 * or unseen before them is passed over, because some spreadsheets do so too.
 */
const FORMULA = /^[\s\p{C}]*[=+\-@\u2212]/u;
const CONTROL = /^[\t\r\n\0]/;

const harmless = (cell: string): string =>
  CONTROL.test(cell) || FORMULA.test(cell.normalize('NFKC')) ? `'${cell}` : cell;
