import { OUTCOMES, type OutcomeKind } from '../../../explain/outcome.ts';
import type { Planned } from '../../../explain/what-if.ts';
import { PHRASES } from '../../views/tally.ts';

/** The number of planned records of each kind. */
export interface PlanTotals {
  readonly records: number;
  readonly of: Readonly<Record<OutcomeKind, OutcomeTotal>>;
}

interface OutcomeTotal {
  readonly records: number;
  readonly resources: number;
  /** The number of records per reason, in order of first appearance. */
  readonly reasons: ReadonlyMap<string, number>;
}

/** Counts planned records incrementally and merges other totals. */
export interface RunningTotals {
  add(planned: Planned): void;
  join(totals: PlanTotals): void;
  total(): PlanTotals;
}

export const startTotals = (): RunningTotals => {
  let records = 0;
  const of = Object.fromEntries(
    OUTCOMES.map((outcome) => [outcome, { records: 0, resources: 0, reasons: new Map<string, number>() }]),
  ) as Record<OutcomeKind, { records: number; resources: number; reasons: Map<string, number> }>;
  const addReason = (outcome: OutcomeKind, reason: string, n: number) => {
    const { reasons } = of[outcome];
    reasons.set(reason, (reasons.get(reason) ?? 0) + n);
  };
  return {
    add: ({ outcome, resources, why, reason }) => {
      records += 1;
      of[outcome].records += 1;
      for (const resource of resources) of[resource.outcome ?? outcome].resources += 1;
      if (reason) addReason(outcome, why ? PHRASES[why] : reason, 1);
    },
    join: (totals) => {
      records += totals.records;
      for (const outcome of OUTCOMES) {
        const theirs = totals.of[outcome];
        of[outcome].records += theirs.records;
        of[outcome].resources += theirs.resources;
        for (const [reason, n] of theirs.reasons) addReason(outcome, reason, n);
      }
    },
    total: () => ({ records, of }),
  };
};

/** Totals as table rows: the numbers, then the reasons, most frequent first. */
export const totalRows = ({ records, of }: PlanTotals, rejected: number): string[][] => [
  ['records', String(records)],
  ...OUTCOMES.flatMap((outcome) => {
    const { records: n, resources, reasons } = of[outcome];
    return [
      [outcome, String(n), `${resources} resource${resources === 1 ? '' : 's'}`],
      ...[...reasons].sort(([, a], [, b]) => b - a).map(([reason, each]) => ['', String(each), reason]),
    ];
  }),
  ['rejected', String(rejected)],
];
