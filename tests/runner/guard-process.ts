import type { Report } from './report.ts';
import { Violation } from './violation.ts';

const STRAY =
  'an error that nothing caught came during or after this; await the promise or handle the error.';
const ENDED = 'the process was ended here, so the tests that follow were not run; a test must not end it.';

/** Makes the run fail on what goes past the tests: errors that nothing caught, and the end of the process. */
export const guardProcess = (report: Report): void => {
  const onStray = (thrown: unknown): void => report.fail(report.where(), thrown, STRAY);
  process.on('uncaughtException', onStray);
  // Without this, a test that leaves its own listener behind would keep rejections from the one above.
  process.on('unhandledRejection', onStray);
  process.on('exit', () => {
    if (!report.isFinished()) {
      report.fail(report.where(), new Violation(ENDED));
      report.finish();
    }
    // Set last of all: it also overrules process.exit(0) and an exitCode that a test left behind.
    process.exitCode = report.exitCode();
  });
};
