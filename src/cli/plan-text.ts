import type { Why } from '../handlers/act.ts';
import { plain } from './plain.ts';
import { OUTCOMES, type Outcome } from './plan-fate.ts';
import type { Planned } from './plan-record.ts';
import { count, PHRASES } from './tally.ts';

/** Wide enough for most: the rows come while the trail is read, before the widest cell is known. */
const WIDTHS = [24, 7, 24, 26, 27];
const IDS_SHOWN = 3;

/** The head of the table that {@link planRow} gives the rows of. */
export const PLAN_HEAD = ['when', 'what', 'call', 'who', 'resources', 'tags'];

/** A record as a row of a table. */
export const planRow = ({ eventTime, outcome, eventName, who, resources, tags = {} }: Planned): string[] => {
  const ids = resources.slice(0, IDS_SHOWN).map(({ id }) => id);
  const more = resources.length - ids.length;
  return [
    eventTime ?? '',
    outcome,
    eventName ?? 'direct call',
    `${who.name} (${who.confidence})`,
    more > 0 ? `${ids.join(' ')} +${more}` : ids.join(' '),
    Object.entries(tags)
      .map(([key, value]) => `${key}=${value}`)
      .join(' '),
  ];
};

/** A row as a line. */
export const planLine = (row: readonly string[]): string =>
  row
    .map((cell, i) => plain(cell).padEnd(WIDTHS[i] ?? 0))
    .join('  ')
    .trimEnd();

/** Counts planned records as they come. */
export interface PlanTotals {
  add(planned: Planned): void;
  rows(rejected: number): string[][];
}

export const startTotals = (): PlanTotals => {
  let records = 0;
  const of = Object.fromEntries(
    OUTCOMES.map((outcome) => [outcome, { records: 0, resources: 0, reasons: new Map<string, number>() }]),
  ) as Record<Outcome, { records: number; resources: number; reasons: Map<string, number> }>;
  return {
    add: ({ outcome, resources, why, reason }) => {
      records += 1;
      for (const resource of resources) of[resource.outcome ?? outcome].resources += 1;
      const total = of[outcome];
      total.records += 1;
      if (reason) count(total.reasons, phraseOf(why, reason));
    },
    rows: (rejected) => [
      ['records', String(records)],
      ...OUTCOMES.flatMap((outcome) => {
        const { records: n, resources, reasons } = of[outcome];
        return [
          [outcome, String(n), `${resources} resource${resources === 1 ? '' : 's'}`],
          ...[...reasons].sort(([, a], [, b]) => b - a).map(([reason, each]) => ['', String(each), reason]),
        ];
      }),
      ['rejected', String(rejected)],
    ],
  };
};

const phraseOf = (why: Why | undefined, reason: string): string => (why ? PHRASES[why] : reason);
