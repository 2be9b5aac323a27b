import type { Finding, Status } from '../policies/policy.ts';

/** Every status, the worst first; a resource is as bad as the worst that is said of it. */
export const STATUSES = ['violating', 'unknown', 'exempt', 'compliant'] as const satisfies readonly Status[];

/** The worst status that some findings have; compliant when there is none. */
export const worstOf = (findings: readonly Pick<Finding, 'status'>[]): Status =>
  STATUSES.find((status) => findings.some((finding) => finding.status === status)) ?? 'compliant';

/** How many resources are of each status. */
export type StatusCounts = Readonly<Record<Status, number>>;

/** Counts that grow. */
export type GrowingCounts = Record<Status, number>;

/** Nothing counted yet. */
export const noCounts = (): GrowingCounts => ({ compliant: 0, violating: 0, exempt: 0, unknown: 0 });
