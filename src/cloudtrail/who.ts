import type { Who } from '../events/tag-event.ts';
import type { CloudTrailRecord } from './record.ts';

type Identity = NonNullable<CloudTrailRecord['userIdentity']>;

/**
 * Who acted, as CloudTrail's `userIdentity` tells it. A session name is whatever its caller chose, a source
 * identity is set by an administrator's rules and stays through role chains: it wins.
 * Source: AWS CloudTrail user guide, "CloudTrail userIdentity element".
 */
export const whoOf = ({ userIdentity }: CloudTrailRecord): Who => {
  const identity = userIdentity ?? {};
  const kind = text(identity.type) ?? 'Unknown';
  const arn = text(identity.arn);
  const via = kind === 'AWSService' ? undefined : serviceOf(identity.invokedBy);
  return {
    name: ownName(kind, identity) ?? anyName(identity) ?? 'unknown',
    ...(arn && { arn }),
    kind,
    ...(via && { via }),
  };
};

/** The name as this type of identity has it; undefined for a type without a rule of its own, or a thin record. */
const ownName = (kind: string, identity: Identity): string | undefined => {
  const arnEnd = lastPart(text(identity.arn));
  switch (kind) {
    case 'Root':
      return 'root';
    case 'AssumedRole':
      return (
        text(identity.sessionContext?.sourceIdentity) ?? arnEnd ?? afterColon(text(identity.principalId))
      );
    case 'FederatedUser':
      return arnEnd ?? afterColon(text(identity.principalId));
    case 'AWSService':
      return text(identity.invokedBy);
    default:
      return undefined;
  }
};

/** What an IAMUser is called, and the best that is left for AWSAccount, IdentityCenterUser, Role and so on. */
const anyName = (identity: Identity): string | undefined =>
  text(identity.userName) ?? lastPart(text(identity.arn)) ?? text(identity.principalId);

/**
 * Old console calls were invoked by `signin.amazonaws.com`, which is a person at work, and `AWS Internal`
 * names no service and was written for the console as well: neither says that a service acted.
 */
const serviceOf = (invokedBy: string | null | undefined): string | undefined => {
  const service = text(invokedBy);
  return service === 'signin.amazonaws.com' || service === 'AWS Internal' ? undefined : service;
};

/** What comes after the last `/` of an ARN, or after its last `:` where it has none. */
const lastPart = (arn: string | undefined): string | undefined =>
  arn && text(arn.slice(arn.lastIndexOf(arn.includes('/') ? '/' : ':') + 1));

const afterColon = (principalId: string | undefined): string | undefined =>
  principalId && text(principalId.slice(principalId.indexOf(':') + 1));

/** Empty is absent; a lone surrogate could not be written into the ledger and becomes U+FFFD. */
const text = (value: string | null | undefined): string | undefined =>
  value?.trim() ? value.toWellFormed() : undefined;
