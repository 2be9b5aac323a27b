import type { Who } from '../../events/tag-event.ts';

/** Whose role a session is of, and what the session is called. */
export interface RoleSession {
  readonly role: string;
  readonly session: string;
}

/** The parts of `arn:PARTITION:sts::ACCOUNT:assumed-role/ROLE/SESSION`; undefined for any other text. */
export const roleSessionIn = (arn: string | undefined): RoleSession | undefined => {
  const [, role, session] = /:assumed-role\/([^/]+)\/([^/]+)$/.exec(arn ?? '') ?? [];
  return role && session ? { role, session } : undefined;
};

/** Where only IAM Identity Center has roles: the path tells it for sure. */
const SSO_PATH = ':role/aws-reserved/sso.amazonaws.com/';
const SSO_ROLE = /^AWSReservedSSO_(.+)_[0-9a-f]{16}$/;

/**
 * Whether IAM Identity Center issued the session. Where the record has the ARN of the role itself, its path says
 * so: it is reserved for AWS, while a name could be given to any role; else the name has to do.
 * Source: IAM Identity Center user guide, "Referencing permission sets in resource policies".
 */
export const isSsoSession = (role: string | undefined, roleArn: string | undefined): boolean =>
  roleArn ? roleArn.includes(SSO_PATH) : SSO_ROLE.test(role ?? '');

/** The permission set by which a person of IAM Identity Center acted; undefined for everyone else. */
export const permissionSetOf = ({ found, arn }: Who): string | undefined =>
  found === 'sso' ? /^AWSReservedSSO_(.+)_[^_]+$/.exec(roleSessionIn(arn)?.role ?? '')?.[1] : undefined;

/** Whether a session is a machine's: EC2 names the sessions of an instance profile after the instance. */
export const isInstanceSession = (session: string | undefined): boolean =>
  /^i-(?:[0-9a-f]{8}|[0-9a-f]{17})$/i.test(session ?? '');
