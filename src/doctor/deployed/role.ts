import { type EvaluationResult, type IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import { type Diagnosis, fine, wrong } from '../diagnosis.ts';

/** The role whose permission to tag is checked, and the tag keys that it must be allowed to use. */
export interface Tagger {
  readonly function: string;
  readonly roleArn: string;
  readonly tagKeys: readonly string[];
}

/**
 * Asks IAM whether a function's role can tag any instance of the account with all keys of the rules. A dry
 * run would show the caller's permissions instead, and only Lambda can assume the role. Covers service
 * control policies as far as IAM shows them to the account. Needs `iam:SimulatePrincipalPolicy`.
 */
export const simulated = async (
  client: Pick<IAMClient, 'send'>,
  { roleArn, tagKeys }: Tagger,
): Promise<EvaluationResult | undefined> => {
  const [, partition, , , account] = roleArn.split(':');
  const { EvaluationResults } = await client.send(
    new SimulatePrincipalPolicyCommand({
      PolicySourceArn: roleArn,
      ActionNames: ['ec2:CreateTags'],
      ResourceArns: [`arn:${partition}:ec2:*:${account}:instance/*`],
      ContextEntries: [
        { ContextKeyName: 'aws:TagKeys', ContextKeyType: 'stringList', ContextKeyValues: [...tagKeys] },
      ],
    }),
  );
  return EvaluationResults?.[0];
};

/** Checks that a role has the permission to tag. */
export const tagging = (tagger: Tagger, result: EvaluationResult | undefined): Diagnosis => {
  const { EvalDecision, OrganizationsDecisionDetail } = result ?? {};
  const keys = tagger.tagKeys.join(', ');
  if (EvalDecision === 'allowed') return fine('roles', `${tagger.function} may tag with ${keys}`);
  return wrong(
    'roles',
    `${tagger.function} may not tag with ${keys}: ${EvalDecision ?? 'IAM says nothing'}`,
    OrganizationsDecisionDetail?.AllowedByOrganizations === false
      ? 'ask for an exception from the service control policy that forbids ec2:CreateTags'
      : 'npx cdk deploy, and compare the keys of TAG_RULES with the condition aws:TagKeys of the role',
  );
};
