import { parseArn } from '../events/resource-arn.ts';
import type { Assessed } from './assess.ts';
import { creatorOf, NOBODY } from './creator.ts';
import { type GrowingCounts, noCounts, type StatusCounts } from './status.ts';

/** What resources can be grouped by. */
export const GROUPINGS = ['rule', 'creator', 'account', 'region', 'type'] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** The counts for one rule, creator, account, Region or type. */
export interface Group extends StatusCounts {
  readonly group: string;
}

/** The number of resources of each status, in total and by group. */
export interface ComplianceTotals {
  readonly resources: StatusCounts;
  readonly by: Grouping;
  /** Sorted by name. */
  readonly groups: readonly Group[];
}

/**
 * Counts resources one at a time; memory grows with the groups and not with the resources. Grouped by rule, a
 * resource counts once for each rule that concerns it, with that rule's status. In any other grouping it
 * counts once, with its worst status.
 */
export const startTally = (
  by: Grouping,
): { readonly add: (assessed: Assessed) => void; readonly totals: () => ComplianceTotals } => {
  const resources = noCounts();
  const groups = new Map<string, GrowingCounts>();
  const count = (group: string, status: keyof GrowingCounts) => {
    const counts = groups.get(group) ?? noCounts();
    counts[status] += 1;
    groups.set(group, counts);
  };
  return {
    add(assessed) {
      resources[assessed.status] += 1;
      if (by === 'rule') for (const { rule, status } of assessed.findings) count(rule.id, status);
      else count(groupOf(assessed, by), assessed.status);
    },
    totals: () => ({
      resources: { ...resources },
      by,
      groups: [...groups]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([group, counts]) => ({ group, ...counts })),
    }),
  };
};

const groupOf = ({ resource }: Assessed, by: Exclude<Grouping, 'rule'>): string =>
  by === 'creator' ? (creatorOf(resource)?.name ?? NOBODY) : parseArn(resource.arn)[by];
