import { roleSessionIn } from '../cloudtrail/identity/role-session.ts';

/**
 * Whether a principal is a session of one of tagledger's own roles, whose calls come back through CloudTrail.
 * `roles` holds their ARNs with commas between them. `*` in place of an ARN's account is any account: the role of
 * that name which every member account has. A role's path is not part of its session's ARN and is not compared.
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
