import type { Callback } from 'uvu';

/** The object that a suite hands to each of its hooks and tests. */
export type Context = Parameters<Callback>[0];

/** One test: its sentence and what it does. */
export interface Case {
  readonly name: string;
  readonly handler: Callback;
}

/** All that a test file told uvu about one suite, up to its `run()`. */
export interface Plan {
  readonly name: string;
  readonly context: Context;
  readonly tests: Case[];
  readonly only: Case[];
  readonly skipped: string[];
  readonly before: Callback[];
  readonly beforeEach: Callback[];
  readonly after: Callback[];
  readonly afterEach: Callback[];
}

/** A plan in which nothing is registered yet. */
export const emptyPlan = (name: string, context: Context): Plan => ({
  name,
  context,
  tests: [],
  only: [],
  skipped: [],
  before: [],
  beforeEach: [],
  after: [],
  afterEach: [],
});
