import type { ComplianceAnswer } from '../../../compliance/answer.ts';
import type { FindingView } from '../../../compliance/finding-view.ts';
import type { Frame } from '../../../compliance/frame.ts';
import { policySourceText } from '../../../compliance/policy-source.ts';
import type { StatusCounts } from '../../../compliance/status.ts';
import type { TimeSeriesPoint } from '../../../compliance/time-series.ts';
import type { RowColumn } from '../../row-options.ts';
import type { TextStyle } from '../../text-style.ts';
import { horizonRows } from '../../views/horizon-text.ts';
import { rowsText } from '../../views/rows.ts';
import { SIMULATED_ROW } from '../../views/simulated-row.ts';
import { FACTS, type TableColumn, table } from '../../views/table.ts';
import type { Judged } from './options.ts';

/** The display order of the counts. */
const SHOWN = ['compliant', 'violating', 'exempt', 'unknown'] as const;

/** The maximum number of findings in text output. */
export const LISTED = 200;

/** An answer as text; `more` is the number of findings left out. */
export const answerText = (
  answer: ComplianceAnswer,
  more: number,
  columns: readonly RowColumn<FindingView>[],
  style: TextStyle,
): string =>
  [
    table([...frameRows(answer), ['resources', countsText(answer.resources)]], style, FACTS),
    ...(answer.groups.length > 0 ? ['', groupsText(answer, style)] : []),
    ...(answer.findings.length > 0 ? ['', rowsText(answer.findings, columns, style)] : []),
    ...(more > 0 ? ['', `and ${more} more findings: -o ndjson or -o csv gives all`] : []),
  ].join('\n');

const frameRows = (frame: Frame): string[][] => [
  ['as of', frame.asOf],
  ['known at', frame.knownAt],
  ['policy', policyText(frame)],
  ['ledger', ledgerText(frame)],
  ...horizonRows(frame.horizon),
  ...(frame.simulated ? [SIMULATED_ROW] : []),
];

/** The policy of an answer and where it comes from. */
export const policyText = ({ policy, policySource }: Frame): string => policySourceText(policy, policySource);

/** How far back the ledger reaches, and what that means for the answer. */
export const ledgerText = ({ ledgerBegan, beforeLedger }: Frame): string => {
  if (ledgerBegan === null) return 'had recorded nothing: everything is unknown';
  return beforeLedger
    ? `began only at ${ledgerBegan}: everything before is unknown`
    : `began at ${ledgerBegan}: resources created earlier are known only if they changed later or a baseline showed them`;
};

/** What was found at an instant, as input for the exit code. */
export const judgedIn = ({
  policy,
  resources,
  beforeLedger,
  horizon,
}: Pick<TimeSeriesPoint, 'policy' | 'resources' | 'beforeLedger' | 'horizon'>): Judged => ({
  beyond: horizon.isBeyond,
  unheard: horizon.silentAccounts.length > 0,
  violating: resources.violating > 0,
  unknown: resources.unknown > 0 || beforeLedger || policy === null,
  empty: SHOWN.every((status) => resources[status] === 0),
});

/** The message that no resource was evaluated, which does not count as compliance. */
export const emptyText = (selection: string, asOf: string): string =>
  `No resource ${selection ? `matches ${selection}: the` : 'was judged: the'} ledger knows none${selection && ' of this kind'} that existed at ${asOf} and that a rule of the policy covers.`;

/** `200 compliant, 12 violating, 1 exempt, 3 unknown`. */
export const countsText = (counts: StatusCounts): string =>
  SHOWN.map((status) => `${counts[status]} ${status}`).join(', ');

/** A column for the number of each status. */
const NUMBERS: readonly TableColumn[] = SHOWN.map((name) => ({ name }));

const groupsText = ({ by, groups }: ComplianceAnswer, style: TextStyle): string =>
  table(
    groups.map(({ group, ...counts }) => [group, ...SHOWN.map((status) => String(counts[status]))]),
    style,
    [{ name: by ?? '' }, ...NUMBERS],
  );

/** A time series as text: the policies that judged, each once, and a line for each instant. */
export const courseText = (points: readonly TimeSeriesPoint[], style: TextStyle): string => {
  const barWidth = barWidthOf(points, style);
  return [
    table(
      [
        ...policiesOf(points).map((text) => ['policy', text]),
        ...(points.some(({ simulated }) => simulated) ? [SIMULATED_ROW] : []),
      ],
      style,
      FACTS,
    ),
    '',
    table(
      points.map((point) => [
        point.asOf,
        ...countCells(point),
        unjudgedText(point) ?? barOf(point.resources, barWidth),
      ]),
      style,
      [{ name: 'as of' }, ...NUMBERS, { fit: 'wrap' }],
    ),
  ].join('\n');
};

const policiesOf = (points: readonly TimeSeriesPoint[]): readonly string[] => [
  ...new Set(
    points.flatMap(({ policy, policySource }) =>
      policy === null || policySource === null ? [] : [policySourceText(policy, policySource)],
    ),
  ),
];

/** The counts of an instant; empty cells where nothing was judged, because 0 would be a result. */
export const countCells = (point: TimeSeriesPoint): string[] =>
  SHOWN.map((status) => (unjudgedText(point) === undefined ? String(point.resources[status]) : ''));

/** Why nothing was judged at an instant; undefined if it was. */
const unjudgedText = ({ beforeLedger, policy }: TimeSeriesPoint): string | undefined => {
  if (beforeLedger) return 'before the ledger began: unknown';
  return policy === null ? 'no policy was in force: unknown' : undefined;
};

const [LEAST_BAR, MOST_BAR] = [8, 30];

/** The width of the bars beside the other columns of a time series. */
const barWidthOf = (points: readonly TimeSeriesPoint[], { width }: TextStyle): number => {
  if (width === undefined) return MOST_BAR;
  const columns = [
    points.map(({ asOf }) => asOf),
    ...SHOWN.map((status) => [status, ...points.map(({ resources }) => String(resources[status]))]),
  ];
  const beside = columns.reduce((sum, texts) => sum + Math.max(...texts.map((text) => text.length)) + 2, 0);
  return Math.min(MOST_BAR, Math.max(LEAST_BAR, width - beside));
};

const SIGNS = { compliant: '#', violating: '!', exempt: '~', unknown: '?' } as const;

/**
 * Shares as a bar: `#` compliant, `!` violating, `~` exempt, `?` unknown. Every non-zero count has at least
 * one sign.
 */
const barOf = (counts: StatusCounts, width: number): string => {
  const total = SHOWN.reduce((sum, status) => sum + counts[status], 0);
  if (total === 0) return '';
  const rest = SHOWN.slice(1).map((status) => ({
    sign: SIGNS[status],
    size: counts[status] === 0 ? 0 : Math.max(1, Math.round((width * counts[status]) / total)),
  }));
  const others = rest.map(({ sign, size }) => sign.repeat(size)).join('');
  return SIGNS.compliant.repeat(counts.compliant === 0 ? 0 : Math.max(1, width - others.length)) + others;
};
