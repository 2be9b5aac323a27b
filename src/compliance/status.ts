import type { ComplianceFinding, ComplianceStatus } from '../policies/policy.ts';

/** Every status, the worst first; a resource is as bad as the worst that is said of it. */
export const STATUSES = [
  'violating',
  'unknown',
  'exempt',
  'compliant',
] as const satisfies readonly ComplianceStatus[];

/** The worst status that some findings have; compliant when there is none. */
export const worstOf = (findings: readonly Pick<ComplianceFinding, 'status'>[]): ComplianceStatus =>
  STATUSES.find((status) => findings.some((finding) => finding.status === status)) ?? 'compliant';

/** How many resources are of each status. */
export type StatusCounts = Readonly<Record<ComplianceStatus, number>>;

/** Counts that grow. */
export type GrowingCounts = Record<ComplianceStatus, number>;

/** Nothing counted yet. */
export const noCounts = (): GrowingCounts => ({ compliant: 0, violating: 0, exempt: 0, unknown: 0 });
