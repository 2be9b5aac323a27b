import { OUTCOMES, type OutcomeKind } from '../../../explain/outcome.ts';
import type { Planned } from '../../../explain/what-if.ts';
import { PHRASES } from '../../views/tally.ts';

/** The number of planned records of each kind. */
interface PlanTotals {
  readonly records: number;
  readonly of: Readonly<Record<OutcomeKind, OutcomeTotal>>;
}

interface OutcomeTotal {
  readonly records: number;
  readonly resources: number;
  /** The number of records per reason, in order of first appearance. */
  readonly reasons: ReadonlyMap<string, number>;
}

/** Counts planned records one by one. */
export interface RunningTotals {
  add(planned: Planned): void;
  total(): PlanTotals;
}

export const startTotals = (): RunningTotals => {
  let records = 0;
  const of = Object.fromEntries(
    OUTCOMES.map((outcome) => [outcome, { records: 0, resources: 0, reasons: new Map<string, number>() }]),
  ) as Record<OutcomeKind, { records: number; resources: number; reasons: Map<string, number> }>;
  return {
    add: ({ outcome, resources, why, reason }) => {
      records += 1;
      of[outcome].records += 1;
      for (const resource of resources) of[resource.outcome ?? outcome].resources += 1;
      if (!reason) return;
      const { reasons } = of[outcome];
      const phrase = why ? PHRASES[why] : reason;
      reasons.set(phrase, (reasons.get(phrase) ?? 0) + 1);
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
