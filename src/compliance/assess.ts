import type { ResourceArn } from '../events/resource-arn.ts';
import type { ComplianceFinding, ComplianceStatus, Policy } from '../policies/policy.ts';
import type { FleetReader, Moment, ResourceAt } from '../projections/resource-at.ts';
import { type Selection, selects } from './selection.ts';
import { worstOf } from './status.ts';

/** A resource that existed at a moment, or may have, and what a policy says of it. */
export interface Assessed {
  readonly resource: ResourceAt;
  /** The worst of its findings. */
  readonly status: ComplianceStatus;
  /** At least one. */
  readonly findings: readonly ComplianceFinding[];
}

const UNSEEN =
  'its birth was never seen, so which tags it bore before the first event that the ledger has of it is not known';

/** A question about a fleet. */
export interface Assessment {
  readonly policy: Policy;
  readonly selection: Selection;
  readonly moment: Moment;
}

/**
 * What a policy says of the selected resources of a fleet at a moment, sorted by ARN, some at a time, to be gone through in
 * turn. A resource counts from its birth until its retirement. One whose birth was never seen is unknown whatever it
 * bears, and so are the resources of a call that nothing tells. Resources that no rule concerns are left out.
 */
export async function* assess(
  fleet: FleetReader,
  asked: Assessment,
  after?: ResourceArn,
): AsyncGenerator<Iterable<Assessed>> {
  for await (const resources of fleet.at(asked.moment, after)) yield assessAll(resources, asked);
}

function* assessAll(
  resources: Iterable<ResourceAt>,
  { policy, selection, moment }: Assessment,
): Generator<Assessed> {
  for (const resource of resources) {
    if (resource.retired || !selects(selection, resource)) continue;
    const findings = findingsOf(policy, resource, moment.asOf);
    if (findings.length > 0) yield { resource, status: worstOf(findings), findings };
  }
}

/** A policy is asked what it wants to know of them; whatever it makes of what is not known, it is not compliant. */
const findingsOf = (policy: Policy, resource: ResourceAt, at: string): readonly ComplianceFinding[] => {
  const findings = policy.judge(resource, at);
  if (resource.born && resource.gap === undefined) return findings;
  const reason = resource.gap ?? UNSEEN;
  return findings.map((finding) =>
    finding.status === 'unknown' ? finding : { ...finding, status: 'unknown', reason },
  );
};
