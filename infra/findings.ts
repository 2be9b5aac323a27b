import { AwsSolutionsChecks, NIST80053R5Checks } from 'cdk-nag';
import type { IConstruct } from 'constructs';

/** Something that a pack of cdk-nag finds, on one resource. */
export interface Finding {
  readonly rule: string;
  /** The path of the construct. */
  readonly on: string;
  readonly description: string;
}

// The packs look at every property, also at those that CDK wishes nobody looked at.
process.env.JSII_DEPRECATED ??= 'quiet';

/** What the packs AwsSolutions and NIST 800-53 (revision 5) find under a scope, but for what is acknowledged. */
export const findingsIn = (scope: IConstruct): readonly Finding[] =>
  [new AwsSolutionsChecks(), new NIST80053R5Checks()]
    .flatMap((pack) => pack.validateScope(scope).violations)
    .flatMap(({ ruleName: rule, description, violatingResources }) =>
      violatingResources.map(({ constructPath: on = '' }) => ({ rule, on, description })),
    );
