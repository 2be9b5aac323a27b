import type { Who } from '../../events/tag-event.ts';

/** The name of a role, and of a session of it. */
export interface RoleSession {
  readonly role: string;
  readonly session: string;
}

/** The parts of `arn:PARTITION:sts::ACCOUNT:assumed-role/ROLE/SESSION`; undefined for any other text. */
export const roleSessionIn = (arn: string | undefined): RoleSession | undefined => {
  const [, role, session] = /:assumed-role\/([^/]+)\/([^/]+)$/.exec(arn ?? '') ?? [];
  return role && session ? { role, session } : undefined;
};

/** The path in the ARNs of roles that only IAM Identity Center can create. */
const SSO_PATH = ':role/aws-reserved/sso.amazonaws.com/';
const SSO_ROLE = /^AWSReservedSSO_(.+)_[0-9a-f]{16}$/;

/**
 * Whether IAM Identity Center issued the session. If the record has the ARN of the role, its path decides,
 * because the path is reserved for AWS while any role may have such a name. Otherwise the name decides.
 * Source: IAM Identity Center user guide, "Referencing permission sets in resource policies".
 */
export const isSsoSession = (role: string | undefined, roleArn: string | undefined): boolean =>
  roleArn ? roleArn.includes(SSO_PATH) : SSO_ROLE.test(role ?? '');

/** The permission set with which a person of IAM Identity Center acted; undefined for everyone else. */
export const permissionSetOf = ({ found, arn }: Who): string | undefined =>
  found === 'sso' ? /^AWSReservedSSO_(.+)_[^_]+$/.exec(roleSessionIn(arn)?.role ?? '')?.[1] : undefined;

/** Whether a session is an instance's: EC2 names the sessions of an instance profile after the instance. */
export const isInstanceSession = (session: string | undefined): boolean =>
  /^i-(?:[0-9a-f]{8}|[0-9a-f]{17})$/i.test(session ?? '');
