import type { Parts, Variable } from './parts.ts';

/** A permission of a role. */
export interface Grant {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** What a function needs to use a part: environment variables and permissions, which always come together. */
export interface Need {
  readonly env?: Readonly<Partial<Record<Variable, string>>>;
  readonly grants?: readonly Grant[];
}

/** A way to use the parts, which returns what it needs. */
export type Use = (parts: Parts) => Need;

/**
 * For actions without resource-level permissions (service authorization reference of EC2, CloudWatch and
 * X-Ray).
 */
export const ANY = ['*'];

/** Grants operations of a service on resources. */
export const on = (service: string, operations: readonly string[], ...resources: string[]): Grant => ({
  actions: operations.map((operation) => `${service}:${operation}`),
  resources,
});
