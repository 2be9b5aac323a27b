import type { Confidence } from '../cloudtrail/identity/confidence.ts';
import { idFrom } from '../events/hash-chain.ts';
import { parseArn } from '../events/resource-arn.ts';
import type { ComplianceFinding, ComplianceStatus } from '../policies/policy.ts';
import type { Assessed } from './assess.ts';
import { creatorOf, ownerTagOf } from './creator.ts';
import type { Frame } from './frame.ts';

/** What one rule says of one resource at a moment, as one flat object for people and programs. */
export interface FindingView {
  /** The same for this rule and resource at every moment. */
  readonly id: string;
  readonly status: ComplianceStatus;
  readonly resource: string;
  readonly type: string;
  readonly account: string;
  readonly region: string;
  readonly rule: string;
  /** The tag key that the rule is about; empty when it is about no tag. */
  readonly key: string;
  /** The value of the key; null when the resource did not have it, or that is not known. */
  readonly value: string | null;
  readonly reason: string;
  /** The creator of the resource; null when not known. */
  readonly creator: string | null;
  readonly creatorArn: string | null;
  readonly creatorConfidence: Confidence | null;
  /** The value of the resource's own `Owner` tag. */
  readonly ownerTag: string | null;
  readonly createdAt: string | null;
  /** Present if its creation is not known: when a baseline first showed the resource. */
  readonly foundAt?: string;
  readonly asOf: string;
  readonly knownAt: string;
  /** Present if EC2 was simulated, see {@link Frame}. */
  readonly simulated?: true;
}

/** Derives the id of a finding from its resource and rule: 22 characters of base64url. */
export const findingIdOf = (resource: string, rule: string): string =>
  idFrom('tagledger/finding/v1', resource, rule);

/** Builds the view of a finding. */
export const findingView = (
  { resource }: Assessed,
  { rule, status, reason, value }: ComplianceFinding,
  { asOf, knownAt, simulated }: Pick<Frame, 'asOf' | 'knownAt' | 'simulated'>,
): FindingView => {
  const { type, account, region } = parseArn(resource.arn);
  const creator = creatorOf(resource);
  return {
    id: findingIdOf(resource.arn, rule.id),
    status,
    resource: resource.arn,
    type,
    account,
    region,
    rule: rule.id,
    key: rule.key,
    value,
    reason,
    creator: creator?.name ?? null,
    creatorArn: creator?.arn ?? null,
    creatorConfidence: creator?.confidence ?? null,
    ownerTag: ownerTagOf(resource),
    createdAt: resource.born?.at ?? null,
    ...(resource.found && { foundAt: resource.found }),
    asOf,
    knownAt,
    ...(simulated && { simulated }),
  };
};

const WORDS: Readonly<Record<ComplianceStatus, string>> = {
  compliant: 'complies with',
  violating: 'violates',
  exempt: 'is exempt from',
  unknown: 'is not known to comply with',
};

/** Describes a finding in one line: `instance i-0abc violates required/Owner`. */
export const titleOf = ({ status, type, resource, rule }: FindingView): string =>
  `${type} ${resource.slice(resource.indexOf('/') + 1)} ${WORDS[status]} ${rule}`;
