import { sanitizeTerminal } from './sanitize-terminal.ts';

/**
 * Formats rows as lines with aligned columns. Each column is as wide as its widest cell; the last column is
 * not padded.
 */
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
