import type { Who } from '../../events/tag-event.ts';
import { roleSessionIn } from './role-session.ts';

/**
 * What a name can be trusted to name, most first:
 * - `person`: one user of IAM, of an identity provider or of IAM Identity Center, or the user whom a direct call
 *   named (its caller answers for that);
 * - `role-session`: somebody or something that may use a role, under a name of its own choice; a machine, too;
 * - `service`: a service of AWS, on nobody's behalf that the record would name;
 * - `account`: an account, without telling who acted there; the root user is one;
 * - `unknown`: nothing that the record tells.
 */
export type Confidence = 'person' | 'role-session' | 'service' | 'account' | 'unknown';

/** How far a name goes. Derived from what is stored, so every event of the ledger has one. */
export const confidenceOf = (who: Who): Confidence => {
  // A product provider with delegated access used the identity: the account is all that is known of who did.
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
    case 'FederatedUser':
    case 'IdentityCenterUser':
    case 'SAMLUser':
    case 'WebIdentityUser':
    case 'Direct':
      return who.name === 'unknown' ? 'unknown' : 'person';
    case 'AssumedRole':
      return isOwnSession(who) ? 'service' : 'role-session';
    case 'Role':
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
 * Whether a service acts for itself: by its service-linked role, or in a session that it named after itself
 * (`AWSCloudFormation` for cloudformation.amazonaws.com). A service that acts by the session of its caller is
 * not meant: that stays the caller's.
 */
const isOwnSession = ({ arn, name, via }: Who): boolean =>
  roleSessionIn(arn)?.role.startsWith('AWSServiceRoleFor') === true ||
  (via !== undefined && name.toLowerCase().replace(/^(?:aws|amazon)/, '') === via.split('.')[0]);
