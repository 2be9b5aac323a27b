import { inspect } from 'node:util';
import { Assertion } from 'uvu/assert';

/** Counts what happens in a run and prints it at once, so nothing is lost if the process ends early. */
export interface Report {
  /** The time that a test, a hook or the loading of a file may take. */
  readonly limitMs: number;
  /** Says where the run is now. */
  enter(where: string): void;
  pass(): void;
  skip(howMany: number): void;
  /** Counts a failure; `thrown` is anything, or a sentence. */
  fail(where: string, thrown: unknown): void;
  /** Prints the line of a file, with its share of the counts and its time. */
  endFile(file: string): void;
  /** Prints the last line of the run, once, and gives the exit code. */
  finish(): 0 | 1;
}

/** Starts a report. If the process ends before `finish`, the run has failed where it was. */
export const startReport = (limitMs: number): Report => {
  // Bound here, so that a test which replaces the stream's methods cannot silence the runner.
  const write = process.stdout.write.bind(process.stdout);
  let place = 'tests/run.ts';
  let isFinished = false;
  let counts = { passed: 0, failed: 0, skipped: 0 };
  let before = counts;
  let begin = performance.now();
  const fail = (where: string, thrown: unknown) => {
    counts = { ...counts, failed: counts.failed + 1 };
    write(`FAIL ${where}: ${explain(thrown).replaceAll('\n', '\n     ')}\n`);
  };
  const finish = (): 0 | 1 => {
    if (!isFinished) write(`\n${inWords(counts)}\n`);
    isFinished = true;
    return counts.failed > 0 ? 1 : 0;
  };
  process.on('exit', () => {
    if (!isFinished)
      fail(place, 'the process ended during or after this; the tests that follow were not run.');
    process.exitCode = finish();
  });
  return {
    limitMs,
    enter: (where) => {
      place = where;
    },
    pass: () => {
      counts = { ...counts, passed: counts.passed + 1 };
    },
    skip: (howMany) => {
      counts = { ...counts, skipped: counts.skipped + howMany };
    },
    fail,
    endFile: (file) => {
      const mine = {
        passed: counts.passed - before.passed,
        failed: counts.failed - before.failed,
        skipped: counts.skipped - before.skipped,
      };
      const took = Math.round(performance.now() - begin);
      write(`${mine.failed > 0 ? 'FAIL' : 'ok  '} ${file}: ${inWords(mine)} (${took} ms)\n`);
      before = counts;
      begin = performance.now();
    },
    finish,
  };
};

const inWords = ({ passed, failed, skipped }: Record<'passed' | 'failed' | 'skipped', number>): string =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`;

// The diff of an assertion shows its values, so they are not inspected.
const explain = (thrown: unknown): string => {
  if (typeof thrown === 'string') return thrown;
  if (!(thrown instanceof Assertion)) return inspect(thrown);
  const { message, operator, details, stack = '' } = thrown;
  const frames = stack.split('\n').filter((line) => line.trimStart().startsWith('at '));
  return [`${message} (${operator})`, ...(details ? [details.trimEnd()] : []), ...frames].join('\n');
};
