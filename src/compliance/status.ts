import type { ComplianceFinding, ComplianceStatus } from '../policies/policy.ts';

/** Every status, the worst first. The status of a resource is the worst of its findings. */
export const STATUSES = [
  'violating',
  'unknown',
  'exempt',
  'compliant',
] as const satisfies readonly ComplianceStatus[];

/** The worst status of some findings; compliant when there are none. */
export const worstOf = (findings: readonly Pick<ComplianceFinding, 'status'>[]): ComplianceStatus =>
  STATUSES.find((status) => findings.some((finding) => finding.status === status)) ?? 'compliant';

/** The number of resources of each status. */
export type StatusCounts = Readonly<Record<ComplianceStatus, number>>;

/** Counts that can be incremented. */
export type GrowingCounts = Record<ComplianceStatus, number>;

/** Returns counts of zero. */
export const noCounts = (): GrowingCounts => ({ compliant: 0, violating: 0, exempt: 0, unknown: 0 });
