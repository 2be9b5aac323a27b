import { isIP } from 'node:net';
import type { Who } from '../../events/tag-event.ts';
import type { Writable } from '../../shared/members.ts';
import { accountId } from '../account.ts';
import type { CloudTrailRecord } from '../record.ts';
import { isInstanceSession, isSsoSession, roleSessionIn } from './role-session.ts';

type Identity = NonNullable<CloudTrailRecord['userIdentity']>;
/** A name, and how it was found where the plain rule of its kind did not give it. */
type Named = Pick<Who, 'name' | 'found'>;

/**
 * Who acted, as CloudTrail's `userIdentity` and `sourceIPAddress` tell it. A session name is whatever its caller
 * chose; a source identity is set by an administrator's rules and stays through role chains: it wins.
 * Source: AWS CloudTrail user guide, "CloudTrail userIdentity element".
 */
export const principalOf = ({ userIdentity, sourceIPAddress }: CloudTrailRecord): Who => {
  const identity = userIdentity ?? {};
  const kind = text(identity.type) ?? 'Unknown';
  // An Identity Center user has no ARN: the store that knows the user id has one.
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
  return who;
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

/** The best name of a role session: the source identity, a person of Identity Center, then the session's own. */
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

/** The name as this type of identity has it; undefined for a type without a rule of its own, or a thin record. */
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

/** Another account's principal: its id means nothing here without the account. */
const foreignName = (identity: Identity): string | undefined =>
  [accountId(identity.accountId), text(identity.principalId)].filter(Boolean).join('/') || undefined;

/** What an IAMUser is called, and the best that is left for Role, SAMLUser, WebIdentityUser, Directory and so on. */
const anyName = (identity: Identity): string | undefined =>
  userName(identity) ?? lastPart(text(identity.arn)) ?? text(identity.principalId);

/** CloudTrail masks a name that may be a password typed into the wrong field. */
const userName = (identity: Identity): string | undefined => {
  const name = text(identity.userName);
  return name === 'HIDDEN_DUE_TO_SECURITY_REASONS' ? undefined : name;
};

/**
 * Old console calls were invoked by `signin.amazonaws.com`, which is a person at work, and `AWS Internal`
 * names no service and was written for the console as well: neither says that a service acted.
 */
const serviceOf = (invokedBy: string | null | undefined): string | undefined => {
  const service = text(invokedBy);
  return service === 'signin.amazonaws.com' || service?.startsWith('AWS Internal') ? undefined : service;
};

/** The service that called: its DNS name stands where a caller's address would (same guide, record contents). */
const serviceIn = (source: string | null | undefined): string | undefined =>
  source && /^[a-z0-9.-]+\.amazonaws\.com(?:\.cn)?$/.test(source) ? serviceOf(source) : undefined;

/** The account of a product provider that uses the identity with temporary delegated access. */
const delegateOf = (identity: Identity): string | undefined =>
  accountId(identity.invokedByDelegate?.accountId);

const addressIn = (source: string | null | undefined): string | undefined =>
  source && !source.includes('%') && isIP(source) ? source : undefined;

/** What comes after the last `/` of an ARN, or after its last `:` where it has none. */
const lastPart = (arn: string | undefined): string | undefined =>
  arn && text(arn.slice(arn.lastIndexOf(arn.includes('/') ? '/' : ':') + 1));

const afterColon = (principalId: string | undefined): string | undefined =>
  principalId && text(principalId.slice(principalId.indexOf(':') + 1));

/** Empty is absent; a lone surrogate could not be written into the ledger and becomes U+FFFD. */
const text = (value: string | null | undefined): string | undefined =>
  value?.trim() ? value.toWellFormed() : undefined;
