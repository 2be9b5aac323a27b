import { resolve } from 'node:path';
import { hrtime } from 'node:process';
import { pathToFileURL } from 'node:url';
import type { Drain } from './drain.ts';
import { nextPlan, takeForgotten } from './registry.ts';
import { placeOf, runSuite, type Settings } from './run-suite.ts';
import { Violation } from './violation.ts';
import { within } from './within.ts';

/** What every file of a run shares. */
export interface FileSettings extends Settings {
  readonly drain: Drain;
}

/** Loads one test file, runs its suites in turn, and reports whatever it forgot to run or left behind. */
export const runFile = async (file: string, { drain, ...settings }: FileSettings): Promise<void> => {
  const { report } = settings;
  const before = report.counts();
  const start = hrtime.bigint();
  report.enter(file);
  if (await load(file, settings)) await runSuites(file, settings);
  else discardSuites();
  const open = await drain();
  if (open !== undefined) report.fail(file, new Violation(leftOpen(open)));
  report.endFile(file, before, Number(hrtime.bigint() - start) / 1e6);
};

const load = async (file: string, { report, limitMs }: Settings): Promise<boolean> => {
  try {
    await within(limitMs, () => import(pathToFileURL(resolve(file)).href));
    return true;
  } catch (thrown) {
    report.fail(file, thrown, 'the file did not load, so none of its tests were run.');
    return false;
  }
};

const runSuites = async (file: string, settings: Settings): Promise<void> => {
  let ran = 0;
  for (let plan = nextPlan(); plan !== undefined; plan = nextPlan()) {
    await runSuite(plan, file, settings);
    ran += 1;
  }
  // Asked after the suites have run, because a test can also register tests that nothing will run.
  const forgotten = takeForgotten();
  for (const plan of forgotten) settings.report.fail(placeOf(plan, file), new Violation(UNRUN));
  if (ran + forgotten.length === 0) settings.report.fail(file, new Violation(NO_SUITE));
};

const discardSuites = (): void => {
  while (nextPlan() !== undefined);
  takeForgotten();
};

const UNRUN = 'run() was not called after the last test or hook was added; end the suite with test.run().';
const NO_SUITE = 'the file has no suite; add tests with uvu and call test.run(), or remove the file.';

const leftOpen = (what: readonly string[]): string =>
  `the tests left something open that keeps Node alive (${what.join(', ') || 'of unknown kind'}); close it in an after hook.`;
