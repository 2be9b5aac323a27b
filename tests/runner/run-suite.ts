import { hrtime } from 'node:process';
import type { Callback } from 'uvu';
import { nextTurn } from './drain.ts';
import type { Case, Plan } from './plan.ts';
import type { Report } from './report.ts';
import { Violation } from './violation.ts';
import { within } from './within.ts';

/** What every suite of a run shares. */
export interface Settings {
  readonly report: Report;
  readonly limitMs: number;
}

/** Runs one suite in uvu's order. Every hook and test that throws, or never settles, is one failure. */
export const runSuite = async (plan: Plan, file: string, { report, limitMs }: Settings): Promise<void> => {
  const where = placeOf(plan, file);
  const chosen = plan.only.length > 0 ? plan.only : plan.tests;

  const attempt = async (place: string, step: Callback, note?: string): Promise<boolean> => {
    report.enter(place);
    try {
      await within(limitMs, () => step(plan.context));
      return true;
    } catch (thrown) {
      report.fail(place, thrown, note);
      return false;
    } finally {
      await nextTurn();
    }
  };

  const attemptAll = async (place: string, steps: readonly Callback[], note?: string): Promise<boolean> => {
    for (const step of steps) if (!(await attempt(place, step, note))) return false;
    return true;
  };

  const runCase = async ({ name, handler }: Case): Promise<void> => {
    const place = `${where} › ${name}`;
    const start = hrtime.bigint();
    plan.context.__test__ = name;
    const passed =
      (await attemptAll(`${place} › before.each hook`, plan.beforeEach, 'the test was not run.')) &&
      (await attempt(place, handler));
    const cleaned = await attemptAll(`${place} › after.each hook`, plan.afterEach);
    if (passed && cleaned) report.pass(place, Number(hrtime.bigint() - start) / 1e6);
  };

  for (const { name } of plan.only) report.fail(`${where} › ${name}`, new Violation(ONLY));
  report.skip(plan.skipped.length + (plan.only.length > 0 ? plan.tests.length : 0));
  if (chosen.length + plan.skipped.length === 0) report.fail(where, new Violation(EMPTY));
  const unrun = `the suite's ${chosen.length} test(s) were not run.`;
  if (await attemptAll(`${where} › before hook`, plan.before, unrun)) {
    for (const each of chosen) await runCase(each);
  }
  plan.context.__test__ = '';
  await attemptAll(`${where} › after hook`, plan.after);
};

/** How a report names a suite of a file. */
export const placeOf = ({ name }: Plan, file: string): string => (name === '' ? file : `${file} › ${name}`);

const ONLY = '.only was left in, so the other tests of its suite were not run; remove it.';
const EMPTY = 'run() was called on a suite that has no tests; add tests before run(), or remove the suite.';
