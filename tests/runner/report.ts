import { explain } from './explain.ts';

/** How many tests passed, failed and were skipped; each broken rule counts as a failed one. */
interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Counts what happens in a run and prints it at once, so nothing is lost if the process ends early. */
export interface Report {
  /** Says where the run is now, so that an error without an owner can be traced. */
  enter(where: string): void;
  where(): string;
  pass(where: string, tookMs: number): void;
  skip(howMany: number): void;
  /** Counts first and prints second: whatever was thrown, the run has failed. */
  fail(where: string, thrown: unknown, note?: string): void;
  /** Prints the line of one file: its share of the counts. */
  endFile(file: string, before: Counts, tookMs: number): void;
  counts(): Counts;
  /** Prints the last line of the run. */
  finish(): void;
  isFinished(): boolean;
  exitCode(): 0 | 1;
}

const SLOW_MS = 1_000;

/** A report of a run in which nothing has happened yet. */
export const createReport = (): Report => {
  // Bound here, so that a test which replaces the stream's methods cannot silence the runner.
  const write = process.stdout.write.bind(process.stdout);
  const say = (line: string): void => {
    write(`${line}\n`);
  };
  let place = 'tests/run.ts';
  let finished = false;
  let [passed, failed, skipped] = [0, 0, 0];
  return {
    enter: (where) => {
      place = where;
    },
    where: () => place,
    pass: (where, tookMs) => {
      passed += 1;
      if (tookMs >= SLOW_MS) say(`slow ${where} (${Math.round(tookMs)} ms)`);
    },
    skip: (howMany) => {
      skipped += howMany;
    },
    fail: (where, thrown, note) => {
      failed += 1;
      const text = [...(note === undefined ? [] : [note]), explain(thrown)].join('\n');
      say(`FAIL ${where}: ${text.replaceAll('\n', '\n     ')}`);
    },
    endFile: (file, before, tookMs) => {
      const mine = {
        passed: passed - before.passed,
        failed: failed - before.failed,
        skipped: skipped - before.skipped,
      };
      say(`${mine.failed > 0 ? 'FAIL' : 'ok  '} ${file}: ${inWords(mine)} (${Math.round(tookMs)} ms)`);
    },
    counts: () => ({ passed, failed, skipped }),
    finish: () => {
      finished = true;
      say(`\n${inWords({ passed, failed, skipped })}`);
    },
    isFinished: () => finished,
    exitCode: () => (failed > 0 ? 1 : 0),
  };
};

const inWords = ({ passed, failed, skipped }: Counts): string =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`;
