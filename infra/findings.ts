import { AwsSolutionsChecks, NIST80053R5Checks } from 'cdk-nag';
import type { IConstruct } from 'constructs';

/** A finding of a cdk-nag pack on one resource. */
export interface Finding {
  readonly rule: string;
  /** The path of the construct. */
  readonly on: string;
  readonly description: string;
}

// The packs read every property, including deprecated ones, which would print warnings.
process.env.JSII_DEPRECATED ??= 'quiet';

/**
 * The findings of the packs AwsSolutions and NIST 800-53 (revision 5) under a scope that are not
 * acknowledged.
 */
export const findingsIn = (scope: IConstruct): readonly Finding[] =>
  [new AwsSolutionsChecks(), new NIST80053R5Checks()]
    .flatMap((pack) => pack.validateScope(scope).violations)
    .flatMap(({ ruleName: rule, description, violatingResources }) =>
      violatingResources.map(({ constructPath: on = '' }) => ({ rule, on, description })),
    );
