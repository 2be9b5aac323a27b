import { arnOf } from '../../src/events/resource-arn.ts';
import type { ReadPolicy } from '../../src/policies/policy-of.ts';
import { readPolicies } from '../../src/policies/read-policies.ts';
import { InvalidPolicyError, remarkText } from '../../src/policies/remark.ts';
import type { ResourceAt } from '../../src/projections/resource-at.ts';
import { tags } from './events.ts';

/** When the resources of these tests were born, and an hour later. */
const BORN = '2026-03-31T12:00:00.000Z';
export const LATER = '2026-03-31T13:00:00.000Z';

/** An instance, or another resource, that bears `Owner=ada App=shop`. */
export const bearing = (text: string, over: Partial<ResourceAt> & { type?: string } = {}): ResourceAt => {
  const { type = 'instance', ...rest } = over;
  return {
    arn: arnOf({ region: 'eu-west-1', account: '111122223333', type, id: 'i-0a1b2c3d4e5f60718' }),
    born: { at: BORN },
    tags: tags(text),
    ...rest,
  };
};

/** The policy that these documents make, named `1.json`, `2.json` and so on. */
export const policyFrom = (...documents: readonly unknown[]): ReadPolicy =>
  readPolicies(documents.map((json, i) => ({ name: `${i + 1}.json`, text: JSON.stringify(json) })));

/** What a policy says of a resource: `Owner:required violating`, sorted. */
export const verdicts = (policy: ReadPolicy, resource: ResourceAt, at = LATER): string[] =>
  policy
    .judge(resource, at)
    .map(({ rule, status }) => `${rule.id} ${status}`)
    .sort();

/** What is wrong with what `make` reads, one line each; none where it is fine. */
export const problemsOf = (make: () => unknown): string[] => {
  try {
    make();
    return [];
  } catch (error) {
    if (error instanceof InvalidPolicyError) return error.problems.map(remarkText);
    throw error;
  }
};
