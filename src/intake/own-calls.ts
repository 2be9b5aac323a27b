import { roleSessionIn } from '../cloudtrail/identity/role-session.ts';

/**
 * Whether a principal is a session of one of tagledger's own roles, whose calls come back through CloudTrail.
 * `roles` is a comma-separated list of role ARNs. `*` in place of the account matches any account, for the
 * role that every member account has. A role's path is not compared, because the ARN of a session does not
 * contain it.
 */
export const isOwnSession = (roles: string, principal: string | undefined): boolean => {
  const session = roleSessionIn(principal);
  const by = accountIn(principal);
  return (
    session !== undefined &&
    roles.split(',').some((arn) => {
      const account = accountIn(arn.trim());
      return nameIn(arn.trim()) === session.role && (account === '*' || account === by);
    })
  );
};

const accountIn = (arn: string | undefined): string | undefined => arn?.split(':')[4];
const nameIn = (roleArn: string): string | undefined => roleArn.split('/').at(-1);
