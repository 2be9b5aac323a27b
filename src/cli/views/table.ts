import { sanitizeTerminal } from './sanitize-terminal.ts';

/** Rows as lines with aligned columns. A column is as wide as its widest cell; the last one is as it is. */
export const table = (rows: readonly (readonly string[])[]): string => {
  const cells = rows.map((row) => row.map(sanitizeTerminal));
  const widths: number[] = [];
  for (const row of cells)
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, cell.length);
    });
  return cells
    .map((row) =>
      row
        .map((cell, i) => (i < row.length - 1 ? cell.padEnd(widths[i] ?? 0) : cell))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};
