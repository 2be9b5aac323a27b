import { csvRecord } from '../../../compliance/csv.ts';
import {
  type TimeSeriesPoint,
  type TimeSeriesQuestion,
  timeSeries,
} from '../../../compliance/time-series.ts';
import { WrongUsageError } from '../../errors.ts';
import type { Exit } from '../../exit-codes.ts';
import { ledgerModeOf } from '../../ledger/ledger-mode.ts';
import type { ReadOnlyLedger } from '../../ledger/open-read-only.ts';
import { provenanceOf, sayAnswered } from '../../ledger/provenance.ts';
import { asTyped } from '../../option-values.ts';
import { SELECTING } from '../../selection-options.ts';
import { sanitizeTerminal } from '../../views/sanitize-terminal.ts';
import { writeFolded } from '../../write-output.ts';
import type { ComplianceInvocation } from './flags.ts';
import type { failsOn } from './options.ts';
import type { Policies } from './policies.ts';
import { countCells, courseText, emptyText, judgedIn } from './text.ts';

const COLUMNS = [
  ...['asOf', 'knownAt', 'policy', 'ledgerBegan', 'compliant', 'violating', 'exempt', 'unknown'],
  ...['policySource', 'policyInForceSince', 'simulated'],
];

/** Writes compliance over time. The last point decides the exit. */
export const runCourse = async (
  invocation: ComplianceInvocation,
  ledger: ReadOnlyLedger,
  question: TimeSeriesQuestion & Policies,
  fails: ReturnType<typeof failsOn>,
): Promise<Exit> => {
  const { values, format, console } = invocation;
  if (format === 'ocsf' || format === 'asff') {
    throw new WrongUsageError(
      `Compliance over time has no findings, so it cannot be written as ${format}. Take -o text, json, ndjson or csv.`,
    );
  }
  // A policy stays in force, so without one at the last instant there is none at any.
  question.requirePolicy({ asOf: question.asOf.at(-1) as string, knownAt: question.knownAt });
  const points: TimeSeriesPoint[] = [];
  if (format === 'csv') console.stdout(`${csvRecord(COLUMNS)}\r`);
  console.progress(0, question.asOf.length, 'instants');
  const isSimulated = (await ledgerModeOf(invocation.ledger)) === 'simulated';
  for await (const point of timeSeries(ledger.fleet, { ...question, isSimulated })) {
    points.push(point);
    if (format === 'ndjson') writeFolded(console, format, point);
    if (format === 'csv') console.stdout(`${csvRecord(cellsOf(point))}\r`);
    console.progress(points.length, question.asOf.length, 'instants');
  }
  const last = points.at(-1) as TimeSeriesPoint;
  const provenance = await provenanceOf(invocation, ledger, { '--known-at': question.knownAt });
  if (format === 'json') writeFolded(console, format, { points, provenance });
  else sayAnswered(console, last.horizon, provenance);
  if (format === 'text') console.stdout(courseText(points, console.style));
  // A time series has at least one point, at its start.
  const judged = judgedIn(last);
  if (judged.empty) console.stderr(sanitizeTerminal(emptyText(asTyped(values, SELECTING), last.asOf)));
  return fails(judged);
};

const cellsOf = (point: TimeSeriesPoint): string[] => [
  point.asOf,
  point.knownAt,
  point.policy ?? '',
  point.ledgerBegan ?? '',
  ...countCells(point),
  point.policySource?.source ?? '',
  point.policySource?.inForceSince ?? '',
  String(point.simulated ?? ''),
];
