import type { Test } from 'uvu';
import { type Context, emptyPlan, type Plan } from './plan.ts';
import { type Draft, enqueue, expectRun } from './registry.ts';

const record = (draft: Draft): Test => {
  /** Gives a function that adds to one list of whatever plan the draft holds at that time. */
  const into =
    <Item>(list: (plan: Plan) => Item[]) =>
    (item: Item): void => {
      expectRun(draft);
      list(draft.plan).push(item);
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
  test.run = () => enqueue(draft);
  return test;
};

const open = (name: string, context: Context): Draft => {
  Object.assign(context, { __suite__: name, __test__: '' });
  return { plan: emptyPlan(name, context) };
};

/** uvu's `suite`, which tells the runner what it is told. */
export const suite = (name = '', context = {}): Test => {
  const draft = open(name, context as Context);
  expectRun(draft);
  return record(draft);
};

/** uvu's `test`, the suite without a name; a file that never uses it need not run it. */
export const test: Test = record(open('', {} as Context));
