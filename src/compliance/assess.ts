import type { Uncertainty } from '../events/life.ts';
import { isWhole } from '../events/resource.ts';
import { parseArn, type ResourceArn } from '../events/resource-arn.ts';
import type { ComplianceFinding, ComplianceStatus, Policy } from '../policies/policy.ts';
import { type Horizon, isHeard } from '../projections/horizon.ts';
import type { FleetReader, Moment, ResourceAt } from '../projections/resource-at.ts';
import { type Selection, selects } from './selection.ts';
import { worstOf } from './status.ts';

/** A resource that existed, or possibly existed, at a moment, and the findings of a policy on it. */
export interface Assessed {
  readonly resource: ResourceAt;
  /** The worst status of its findings. */
  readonly status: ComplianceStatus;
  /** Whether it is unknown because the ledger has not heard enough of its account. */
  readonly isUnheard: boolean;
  /** At least one. */
  readonly findings: readonly ComplianceFinding[];
}

const UNSEEN = 'its creation was not recorded, so the tags that it had before its first event are not known';

/** A question about a fleet. */
export interface Assessment {
  readonly policy: Policy;
  readonly selection: Selection;
  readonly moment: Moment;
  /** Until when the ledger has heard of each account. Resources are unknown after that. */
  readonly horizon: Horizon;
}

/**
 * Judges the selected resources of a fleet at a moment, sorted by ARN. Yields batches, to be read one after
 * the other. A resource counts from its creation until its end. It is unknown, whatever its tags, when its
 * creation was never seen and no baseline had shown it yet, when it may have ended, or when it stands for the unknown resources of a call. Resources that no rule
 * concerns are left out.
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
  { policy, selection, moment, horizon }: Assessment,
): Generator<Assessed> {
  const whyUnheard = unheardBy(horizon, moment.asOf);
  for (const resource of resources) {
    if (resource.retired || !selects(selection, resource)) continue;
    const unheard = whyUnheard?.(resource.arn);
    const findings = findingsOf(policy, resource, moment.asOf, unheard);
    if (findings.length > 0)
      yield { resource, status: worstOf(findings), isUnheard: unheard !== undefined, findings };
  }
}

/**
 * Each rule decides whether it applies. On a resource that is not known well enough, every finding is
 * unknown.
 */
const findingsOf = (
  policy: Policy,
  resource: ResourceAt,
  at: string,
  unheard: string | undefined,
): readonly ComplianceFinding[] => {
  const findings = policy.judge(resource, at);
  const { gap, uncertain } = resource;
  if (isWhole(resource) && gap === undefined && !uncertain && unheard === undefined) return findings;
  const reason = unheard ?? gap ?? (uncertain ? uncertainText(uncertain) : UNSEEN);
  return findings.map((finding) =>
    finding.status === 'unknown' ? finding : { ...finding, status: 'unknown', reason },
  );
};

const uncertainText = ({ at, reason }: Uncertainty): string =>
  `it is not known whether it exists since ${at}: ${reason}`;

/** Tells of resources why they are unknown at a moment beyond the horizon; undefined if nothing depends on the account. */
const unheardBy = (
  horizon: Horizon,
  asOf: string,
): ((arn: ResourceArn) => string | undefined) | undefined => {
  if (!isHeard(horizon, asOf)) return () => unheardText('AWS', horizon.heardUntil);
  if (horizon.basis !== 'recorded') return undefined;
  const until = new Map(horizon.accounts.map(({ account, heardUntil }) => [account, heardUntil]));
  const why = new Map<string, string | undefined>();
  return (arn) => {
    const { account } = parseArn(arn);
    if (!why.has(account)) {
      const isKnown = isHeard(horizon, asOf, account);
      why.set(account, isKnown ? undefined : unheardText(`account ${account}`, until.get(account) ?? null));
    }
    return why.get(account);
  };
};

const unheardText = (whom: string, heardUntil: string | null): string =>
  heardUntil === null
    ? `the ledger has no data from ${whom}`
    : `the ledger has data from ${whom} only until ${heardUntil}, before the time asked about`;
