import type { Parts, Variable } from './parts.ts';

/** What a role may do. */
export interface Grant {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** What using a part takes: how the function is told of it, and what it may do with it. The two come together or not at all. */
export interface Need {
  readonly env?: Readonly<Partial<Record<Variable, string>>>;
  readonly grants?: readonly Grant[];
}

/** A way of using the parts. */
export type Use = (parts: Parts) => Need;

/** Where IAM knows no resources for an action (service authorization reference of EC2, CloudWatch and X-Ray). */
export const ANY = ['*'];

/** These operations of a service, on these resources. */
export const on = (service: string, operations: readonly string[], ...resources: string[]): Grant => ({
  actions: operations.map((operation) => `${service}:${operation}`),
  resources,
});
