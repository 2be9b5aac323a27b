import type { Callback, Test } from 'uvu';

/** The object that a suite hands to each of its hooks and tests. */
type Context = Parameters<Callback>[0];

/** What a test file registered for one suite, up to its `run()`. */
export interface Plan {
  readonly name: string;
  readonly context: Context;
  readonly tests: { readonly name: string; readonly handler: Callback }[];
  readonly only: Plan['tests'];
  readonly skipped: string[];
  readonly before: Callback[];
  readonly beforeEach: Callback[];
  readonly after: Callback[];
  readonly afterEach: Callback[];
}

const unclosed = new Set<Plan>();
const queue: Plan[] = [];

/** The next plan to run; a test may add plans while it runs. */
export const nextPlan = (): Plan | undefined => queue.shift();

/** The plans to which something was added after the last `run()`. They are given out once. */
export const takeForgotten = (): readonly Plan[] => {
  const forgotten = [...unclosed];
  unclosed.clear();
  return forgotten;
};

const emptyPlan = (name: string, context: Context): Plan => ({
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

/** uvu's `suite`, which records what it is told. */
export const suite = (name = '', state = {}): Test => {
  const context = Object.assign(state as Context, { __suite__: name, __test__: '' });
  let plan = emptyPlan(name, context);
  /** Makes a function that adds to one list of the current plan. */
  const into =
    <Item>(list: (plan: Plan) => Item[]) =>
    (item: Item): void => {
      unclosed.add(plan);
      list(plan).push(item);
    };
  const addTest = into((plan) => plan.tests);
  const addOnly = into((plan) => plan.only);
  const addSkipped = into((plan) => plan.skipped);
  const test: Test = (name, handler) => addTest({ name, handler });
  test.only = (name, handler) => addOnly({ name, handler });
  test.skip = (name = '') => addSkipped(name);
  test.before = Object.assign(
    into((plan) => plan.before),
    { each: into((plan) => plan.beforeEach) },
  );
  test.after = Object.assign(
    into((plan) => plan.after),
    { each: into((plan) => plan.afterEach) },
  );
  test.run = () => {
    unclosed.delete(plan);
    queue.push(plan);
    plan = emptyPlan(name, context);
  };
  return test;
};

/** uvu's `test`, the suite without a name. */
export const test: Test = suite();
