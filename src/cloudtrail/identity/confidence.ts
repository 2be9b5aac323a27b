import type { Who } from '../../events/tag-event.ts';
import { roleSessionIn } from './role-session.ts';

/**
 * How reliably a name says who acted, most reliable first:
 * - `person`: one user of IAM, of an identity provider or of IAM Identity Center, or the user named by a
 *   direct call, for whom its caller answers;
 * - `role-session`: a person or machine that may use a role, under a name of its own choice, or a federated
 *   user, whose name its caller chose;
 * - `service`: an AWS service, on behalf of nobody whom the record names;
 * - `account`: an account, such as its root user, without saying who acted there;
 * - `unknown`: the record names nobody.
 */
export type Confidence = 'person' | 'role-session' | 'service' | 'account' | 'unknown';

/** How reliably a name says who acted. Derived from stored fields, so every event of the ledger has one. */
export const confidenceOf = (who: Who): Confidence => {
  // A product provider used the identity with delegated access: only the provider's account is known.
  if (/^\d{12}$/.test(who.via ?? '')) return 'account';
  return who.found ? BY_FOUND[who.found] : byKind(who);
};

const BY_FOUND: Readonly<Record<NonNullable<Who['found']>, Confidence>> = {
  sourceIdentity: 'person',
  sso: 'person',
  onBehalfOf: 'person',
  'assumed-by': 'person',
  parent: 'person',
  'instance-profile': 'role-session',
  invokedBy: 'service',
};

const byKind = (who: Who): Confidence => {
  switch (who.kind) {
    case 'IAMUser':
    case 'IdentityCenterUser':
    case 'SAMLUser':
    case 'WebIdentityUser':
    case 'Direct':
      return who.name === 'unknown' ? 'unknown' : 'person';
    case 'AssumedRole':
      return isOwnSession(who) ? 'service' : 'role-session';
    case 'Role':
    case 'FederatedUser':
      return 'role-session';
    case 'AWSService':
      return 'service';
    case 'Root':
    case 'AWSAccount':
      return 'account';
    default:
      return 'unknown';
  }
};

/**
 * Whether a service acts for itself: in a session of its service-linked role, or in one that it named after
 * itself (`AWSCloudFormation` for cloudformation.amazonaws.com). A service that acts in its caller's session
 * does not: that session remains the caller's.
 */
const isOwnSession = ({ arn, name, via }: Who): boolean =>
  roleSessionIn(arn)?.role.startsWith('AWSServiceRoleFor') === true ||
  (via !== undefined && name.toLowerCase().replace(/^(?:aws|amazon)/, '') === via.split('.')[0]);
