import type { ResourceArn } from '../events/resource-arn.ts';
import type { Finding, Policy, Status } from '../policies/policy.ts';
import type { FleetReader, Moment, ResourceAt } from '../projections/resource-at.ts';
import { type Selection, selects } from './selection.ts';
import { worstOf } from './status.ts';

/** A resource that existed at a moment, or may have, and what a policy says of it. */
export interface Assessed {
  readonly resource: ResourceAt;
  /** The worst of its findings. */
  readonly status: Status;
  /** At least one. */
  readonly findings: readonly Finding[];
}

const UNSEEN =
  'its birth was never seen, so which tags it bore before the first event that the ledger has of it is not known';

/**
 * What a policy says of the selected resources of a fleet at a moment, sorted by ARN, one at a time. A resource counts
 * from its birth until its retirement. One whose birth was never seen is unknown whatever it bears, and so are the
 * resources of a call that nothing tells. Resources that no rule concerns are left out.
 */
export async function* assess(
  fleet: FleetReader,
  {
    policy,
    selection,
    moment,
  }: { readonly policy: Policy; readonly selection: Selection; readonly moment: Moment },
  after?: ResourceArn,
): AsyncGenerator<Assessed> {
  for await (const resources of fleet.at(moment, after)) {
    for (const resource of resources) {
      if (resource.retired || !selects(selection, resource)) continue;
      const findings = findingsOf(policy, resource, moment.asOf);
      if (findings.length > 0)
        yield { resource, status: worstOf(findings.map(({ status }) => status)), findings };
    }
  }
}

/** A policy is asked what it wants to know of them; whatever it makes of what is not known, it is not compliant. */
const findingsOf = (policy: Policy, resource: ResourceAt, at: string): readonly Finding[] => {
  const findings = policy.judge(resource, at);
  if (resource.born && resource.gap === undefined) return findings;
  const reason = resource.gap ?? UNSEEN;
  return findings.map((finding) =>
    finding.status === 'unknown' ? finding : { ...finding, status: 'unknown', reason },
  );
};
