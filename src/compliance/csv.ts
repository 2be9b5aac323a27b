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
  'creator',
  'creatorConfidence',
  'creatorArn',
  'ownerTag',
  'createdAt',
  'asOf',
  'knownAt',
  'id',
  'simulated',
] as const satisfies readonly (keyof FindingView)[];
export type CsvColumn = (typeof COLUMNS)[number];

/** Formats columns of a finding as one record. A missing value is an empty cell. */
export const csvOf = (finding: FindingView, columns: readonly CsvColumn[] = COLUMNS): string =>
  csvRecord(columns.map((column) => String(finding[column] ?? '')));

/**
 * Formats one CSV record without its line end (RFC 4180; lines end in CR LF). Every cell is quoted, so that
 * no separator of any locale splits a cell. A cell that a spreadsheet could read as a formula is prefixed
 * with an apostrophe (OWASP, "CSV Injection"; CWE-1236).
 */
export const csvRecord = (cells: readonly string[]): string =>
  cells.map((cell) => `"${harmless(cell).replaceAll('"', '""')}"`).join(',');

/**
 * The characters that start a formula in spreadsheets. NFKC turns full-width, small and superscript forms
 * into these. Leading blank and invisible characters are skipped, because some spreadsheets skip them too.
 */
const FORMULA = /^[\s\p{C}]*[=+\-@\u2212]/u;
const CONTROL = /^[\t\r\n\0]/;

const harmless = (cell: string): string =>
  CONTROL.test(cell) || FORMULA.test(cell.normalize('NFKC')) ? `'${cell}` : cell;
