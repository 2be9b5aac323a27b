import { compare, type Difference } from '../../../projections/compare.ts';
import { type Exit, exitOf } from '../../exit-codes.ts';
import type { ReadOnlyLedger } from '../../ledger/open-read-only.ts';
import type { Console, Format } from '../../terminal.ts';
import type { TextStyle } from '../../text-style.ts';
import { statusColour } from '../../views/status-colour.ts';
import { COUNTS, type TableColumn, table } from '../../views/table.ts';
import { writeList } from '../../write-output.ts';

const MOST_SHOWN = 20;

/**
 * Compares the state table with the state folded from the ledger. Text shows the first differences and their
 * number, JSON all of them. A difference is a finding.
 */
export const checkStates = async (
  ledger: ReadOnlyLedger,
  format: Format,
  console: Console,
): Promise<Exit> => {
  // Text shows only the first differences, so only those are kept.
  const kept: Difference[] = [];
  const total = { events: 0, rows: 0, differences: 0 };
  for await (const { events, rows, differences } of compare(ledger)) {
    total.events += events;
    total.rows += rows;
    total.differences += differences.length;
    if (format === 'ndjson') writeList(console, format, differences);
    else if (format === 'json') kept.push(...differences);
    else kept.push(...differences.slice(0, Math.max(0, MOST_SHOWN - kept.length)));
  }
  if (format === 'json') writeList(console, format, kept);
  if (format === 'text') console.stdout(checkText(total, kept, console.style));
  return exitOf({ finding: total.differences > 0 });
};

const SUMMARY: readonly TableColumn[] = [{}, { colour: statusColour }, ...COUNTS.slice(2)];

const DIFFERENCES: readonly TableColumn[] = [
  { name: 'row is' },
  { name: 'resource' },
  { name: 'events' },
  { name: 'lastSeq' },
  { name: 'first difference' },
];

const checkText = (
  {
    events,
    rows,
    differences,
  }: { readonly events: number; readonly rows: number; readonly differences: number },
  shown: readonly Difference[],
  style: TextStyle,
): string => {
  const summary = [
    ['state table', differences === 0 ? 'OK' : 'FAILED'],
    ['events', String(events)],
    ['rows', String(rows), 'expected from the events'],
    ['differences', String(differences), shown.length < differences ? `the first ${shown.length}:` : ''],
  ];
  if (differences === 0) return table(summary, style, SUMMARY);
  return [
    table(summary, style, SUMMARY),
    '',
    table(
      shown.map(({ kind, resource, ledgerSeq, rowSeq, path }) => [
        kind,
        resource,
        String(ledgerSeq ?? 0),
        rowSeq === null ? '' : String(rowSeq),
        path ?? '',
      ]),
      style,
      DIFFERENCES,
    ),
  ].join('\n');
};
