import { isIP } from 'node:net';
import type { Who } from '../../events/tag-event.ts';
import type { Writable } from '../../shared/members.ts';
import { accountId } from '../account.ts';
import type { CloudTrailRecord } from '../record.ts';
import { isInstanceSession, isSsoSession, roleSessionIn } from './role-session.ts';
import { assumedBy } from './session-key.ts';

type Identity = NonNullable<CloudTrailRecord['userIdentity']>;
/** A name, and how it was found if not by the usual rule for its kind. */
type Named = Pick<Who, 'name' | 'found'>;

/**
 * Who acted, according to CloudTrail's `userIdentity` and `sourceIPAddress`. Callers choose their session
 * names freely, while a source identity is set under an administrator's rules and persists through role
 * chaining: it wins.
 * Source: AWS CloudTrail user guide, "CloudTrail userIdentity element".
 */
export const principalOf = ({ userIdentity, sourceIPAddress }: CloudTrailRecord): Who => {
  const identity = userIdentity ?? {};
  const kind = text(identity.type) ?? 'Unknown';
  // An Identity Center user has no ARN; the identity store that knows the user id has one.
  const arn =
    text(identity.arn) ??
    (kind === 'IdentityCenterUser' ? text(identity.onBehalfOf?.identityStoreArn) : undefined);
  const ip = addressIn(sourceIPAddress);
  const service = serviceOf(identity.invokedBy) ?? (ip ? undefined : serviceIn(sourceIPAddress));
  const named = nameOf(kind, identity, service);
  const actsForItself = kind === 'AWSService' || named.found === 'invokedBy';
  const via = actsForItself ? undefined : (service ?? delegateOf(identity));
  const who: Writable<Who> = { name: named.name, kind };
  if (named.found) who.found = named.found;
  if (arn) who.arn = arn;
  if (via) who.via = via;
  if (ip) who.ip = ip;
  const user = delegateOf(identity) ? undefined : federatingUser(kind, identity);
  return user ? assumedBy(user, who) : who;
};

/**
 * The IAM user who called GetFederationToken and chose the name of the federated user; undefined for every other
 * identity, and if the record does not name the user.
 * Source: AWS CloudTrail user guide, "CloudTrail userIdentity element", on `sessionIssuer`.
 */
const federatingUser = (kind: string, { sessionContext }: Identity): Who | undefined => {
  const issuer = sessionContext?.sessionIssuer;
  if (kind !== 'FederatedUser' || issuer?.type !== 'IAMUser') return undefined;
  const arn = text(issuer.arn);
  const name = userName(issuer) ?? lastPart(arn);
  return name ? { name, ...(arn && { arn }), kind: 'IAMUser' } : undefined;
};

const nameOf = (kind: string, identity: Identity, service: string | undefined): Named => {
  if (kind === 'AssumedRole') {
    const named = sessionName(identity);
    if (named) return named;
  }
  const name = ownName(kind, identity, service) ?? anyName(identity);
  if (name) return { name };
  return service ? { name: service, found: 'invokedBy' } : { name: 'unknown' };
};

/**
 * The best name of a role session: the source identity, else the Identity Center user, else the session name.
 */
const sessionName = (identity: Identity): Named | undefined => {
  const { sourceIdentity, sessionIssuer } = identity.sessionContext ?? {};
  const source = text(sourceIdentity);
  if (source) return { name: source, found: 'sourceIdentity' };
  const arn = text(identity.arn);
  const name = lastPart(arn) ?? afterColon(text(identity.principalId));
  const role = roleSessionIn(arn)?.role ?? text(sessionIssuer?.userName);
  if (name && isSsoSession(role, text(sessionIssuer?.arn))) return { name, found: 'sso' };
  const user = text(identity.onBehalfOf?.userId);
  if (user) return { name: user, found: 'onBehalfOf' };
  return name ? { name, ...(isInstanceSession(name) && { found: 'instance-profile' }) } : undefined;
};

/**
 * The name by the rule of this type of identity; undefined without a rule, or if the record lacks the name.
 */
const ownName = (kind: string, identity: Identity, service: string | undefined): string | undefined => {
  switch (kind) {
    case 'Root':
      return 'root';
    case 'FederatedUser':
      return lastPart(text(identity.arn)) ?? afterColon(text(identity.principalId));
    case 'IdentityCenterUser':
      return text(identity.onBehalfOf?.userId);
    case 'AWSService':
      return text(identity.invokedBy) ?? service;
    case 'AWSAccount':
      return foreignName(identity);
    default:
      return undefined;
  }
};

/** A principal of another account, whose id means nothing without the account. */
const foreignName = (identity: Identity): string | undefined =>
  [accountId(identity.accountId), text(identity.principalId)].filter(Boolean).join('/') || undefined;

/**
 * The name of an IAMUser, and the best available one for Role, SAMLUser, WebIdentityUser, Directory and
 * others.
 */
const anyName = (identity: Identity): string | undefined =>
  userName(identity) ?? lastPart(text(identity.arn)) ?? text(identity.principalId);

/** Undefined if CloudTrail masked the name, which may be a password typed into the wrong field. */
const userName = (identity: Pick<Identity, 'userName'>): string | undefined => {
  const name = text(identity.userName);
  return name === 'HIDDEN_DUE_TO_SECURITY_REASONS' ? undefined : name;
};

/**
 * The service that acted. Two values name none: `signin.amazonaws.com`, by which old console calls were
 * invoked, means a person at work; `AWS Internal` names no service and was written for the console as well.
 */
const serviceOf = (invokedBy: string | null | undefined): string | undefined => {
  const service = text(invokedBy);
  return service === 'signin.amazonaws.com' || service?.startsWith('AWS Internal') ? undefined : service;
};

/** The service that called: its DNS name replaces a caller's address (same guide, record contents). */
const serviceIn = (source: string | null | undefined): string | undefined =>
  source && /^[a-z0-9.-]+\.amazonaws\.com(?:\.cn)?$/.test(source) ? serviceOf(source) : undefined;

/** The account of a product provider that uses the identity with temporary delegated access. */
const delegateOf = (identity: Identity): string | undefined =>
  accountId(identity.invokedByDelegate?.accountId);

const addressIn = (source: string | null | undefined): string | undefined =>
  source && !source.includes('%') && isIP(source) ? source : undefined;

/** The part after the last `/` of an ARN, or after its last `:` if it has no `/`. */
const lastPart = (arn: string | undefined): string | undefined =>
  arn && text(arn.slice(arn.lastIndexOf(arn.includes('/') ? '/' : ':') + 1));

const afterColon = (principalId: string | undefined): string | undefined =>
  principalId && text(principalId.slice(principalId.indexOf(':') + 1));

/** A blank text counts as absent. A lone surrogate cannot be written into the ledger and becomes U+FFFD. */
const text = (value: string | null | undefined): string | undefined =>
  value?.trim() ? value.toWellFormed() : undefined;
