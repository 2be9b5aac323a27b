// Bound here, so that a test's fake timers cannot stop the runner's clock.
import { clearTimeout, setImmediate, setTimeout } from 'node:timers';
import type { Callback } from 'uvu';
import type { Plan } from './recorded-uvu.ts';
import type { Report } from './report.ts';

/** Runs one suite in uvu's order. Every hook and test that throws, or does not settle in time, is one failure. */
export const runSuite = async (plan: Plan, place: string, report: Report): Promise<void> => {
  const chosen = plan.only.length > 0 ? plan.only : plan.tests;
  const attempt = async (where: string, steps: readonly Callback[]): Promise<boolean> => {
    if (steps.length > 0) report.enter(where);
    try {
      for (const step of steps) await within(report.limitMs, () => step(plan.context));
      return true;
    } catch (thrown) {
      report.fail(where, thrown);
      return false;
    }
  };

  for (const { name } of plan.only) report.fail(`${place} › ${name}`, '.only was left in; remove it.');
  report.skip(plan.skipped.length + (plan.only.length > 0 ? plan.tests.length : 0));
  if (chosen.length + plan.skipped.length === 0) report.fail(place, 'the suite has no tests; add one.');
  const isReady = await attempt(`${place} › before hook`, plan.before);
  for (const { name, handler } of isReady ? chosen : []) {
    const where = `${place} › ${name}`;
    plan.context.__test__ = name;
    const passed = await attempt(where, [...plan.beforeEach, handler]);
    const cleaned = await attempt(`${where} › after.each hook`, plan.afterEach);
    if (passed && cleaned) report.pass();
  }
  plan.context.__test__ = '';
  await attempt(`${place} › after hook`, plan.after);
};

/** Does the work, and throws a sentence if it has not settled in time; a promise may pend for ever. */
export const within = async (limitMs: number, work: () => unknown): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(`did not settle within ${limitMs} ms; settle its promise or raise TEST_TIMEOUT_MS.`),
      limitMs,
    );
  });
  try {
    await Promise.race([late, work()]);
    // An error that the work let go ends the process in this turn, while its place is known.
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    clearTimeout(timer);
  }
};
