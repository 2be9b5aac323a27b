import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { findTestFiles } from './runner/find-test-files.ts';
import { readOptions } from './runner/options.ts';
import { FIXTURES, type Outcome, spawnRunner } from './runner/spawn-runner.ts';
import { Violation } from './runner/violation.ts';

interface Expected {
  readonly sentence: string;
  /** Fixtures without `.fixture.ts`, or names that match none. */
  readonly names: readonly string[];
  readonly limitMs?: number;
  readonly last: string;
  /** Lines that must be there, after their `FAIL ` and with `@` for the folder of the fixtures. */
  readonly failures: readonly string[];
}

const NOT_RUN = 'run() was not called after the last test or hook was added; end the suite with test.run().';
const NOT_LOADED = 'the file did not load, so none of its tests were run.';
const ENDED = 'the process was ended here, so the tests that follow were not run; a test must not end it.';
const STRAY =
  'an error that nothing caught came during or after this; await the promise or handle the error.';
const LATE = 'did not settle within 2000 ms; settle its promise or raise TEST_TIMEOUT_MS.';
const notAnError = (value: string): string =>
  `threw ${value}, which is not an Error; throw an Error, which has a message and a stack.`;

const table: readonly Expected[] = [
  {
    sentence: 'tests, hooks and the context work as in uvu, and a green run exits with 0',
    names: ['passes'],
    last: '3 passed, 0 failed, 1 skipped',
    failures: [],
  },
  {
    sentence: 'a failed test is told with its reason, its diff and its cause',
    names: ['assertion'],
    last: '0 passed, 2 failed, 0 skipped',
    failures: [
      '@/assertion.fixture.ts › numbers › adds: Expected values to be strictly equal: (is)',
      '@/assertion.fixture.ts › numbers › has a cause: Error: outer',
    ],
  },
  {
    sentence: 'a before hook that throws fails the run',
    names: ['before-throws'],
    last: '0 passed, 1 failed, 0 skipped',
    failures: ["@/before-throws.fixture.ts › numbers › before hook: the suite's 2 test(s) were not run."],
  },
  {
    sentence: 'a before.each hook that throws fails the run',
    names: ['before-each-throws'],
    last: '0 passed, 1 failed, 0 skipped',
    failures: ['@/before-each-throws.fixture.ts › numbers › adds › before.each hook: the test was not run.'],
  },
  {
    sentence: 'an after hook that throws fails the run',
    names: ['after-throws'],
    last: '1 passed, 1 failed, 0 skipped',
    failures: ['@/after-throws.fixture.ts › numbers › after hook: Error: broken hook'],
  },
  {
    sentence: 'an after.each hook that throws fails the run',
    names: ['after-each-throws'],
    last: '0 passed, 1 failed, 0 skipped',
    failures: ['@/after-each-throws.fixture.ts › numbers › adds › after.each hook: Error: broken hook'],
  },
  {
    sentence: 'a suite whose run() is not called fails the run',
    names: ['/never-run.'],
    last: '0 passed, 1 failed, 0 skipped',
    failures: [`@/never-run.fixture.ts › numbers: ${NOT_RUN}`],
  },
  {
    sentence: 'a suite that is neither filled nor run fails the run',
    names: ['abandoned-suite'],
    last: '1 passed, 1 failed, 0 skipped',
    failures: [`@/abandoned-suite.fixture.ts › words: ${NOT_RUN}`],
  },
  {
    sentence: 'the suite without a name must be run too, if it has tests',
    names: ['default-never-run'],
    last: '0 passed, 1 failed, 0 skipped',
    failures: [`@/default-never-run.fixture.ts: ${NOT_RUN}`],
  },
  {
    sentence: 'a test that is added after run() fails the run',
    names: ['never-run-again'],
    last: '1 passed, 1 failed, 0 skipped',
    failures: [`@/never-run-again.fixture.ts › numbers: ${NOT_RUN}`],
  },
  {
    sentence: 'a suite without tests fails the run',
    names: ['empty-suite'],
    last: '0 passed, 1 failed, 0 skipped',
    failures: [
      '@/empty-suite.fixture.ts › numbers: run() was called on a suite that has no tests; add tests before run(), or remove the suite.',
    ],
  },
  {
    sentence: 'a file without suites fails the run',
    names: ['no-suite'],
    last: '0 passed, 1 failed, 0 skipped',
    failures: [
      '@/no-suite.fixture.ts: the file has no suite; add tests with uvu and call test.run(), or remove the file.',
    ],
  },
  {
    sentence: 'a file that throws while it loads fails the run',
    names: ['import-throws'],
    last: '0 passed, 1 failed, 0 skipped',
    failures: [`@/import-throws.fixture.ts: ${NOT_LOADED}`],
  },
  {
    sentence: 'a file that never finishes to load fails the run',
    names: ['import-pends'],
    limitMs: 2_000,
    last: '0 passed, 1 failed, 0 skipped',
    failures: [`@/import-pends.fixture.ts: ${NOT_LOADED}`],
  },
  {
    sentence: 'a bad file leaves nothing behind in the next one',
    names: ['default-never-run', 'import-throws', 'passes'],
    last: '3 passed, 2 failed, 1 skipped',
    failures: [],
  },
  {
    sentence: '.only that was left in fails the run',
    names: ['only'],
    last: '1 passed, 1 failed, 1 skipped',
    failures: [
      '@/only.fixture.ts › numbers › subtracts: .only was left in, so the other tests of its suite were not run; remove it.',
    ],
  },
  {
    sentence: 'a test that throws what is not an Error fails the run',
    names: ['throws-no-error'],
    last: '0 passed, 5 failed, 0 skipped',
    failures: [
      `@/throws-no-error.fixture.ts › numbers › throws null: ${notAnError('null')}`,
      `@/throws-no-error.fixture.ts › numbers › throws undefined: ${notAnError('undefined')}`,
      `@/throws-no-error.fixture.ts › numbers › throws 0: ${notAnError('0')}`,
      `@/throws-no-error.fixture.ts › numbers › throws "": ${notAnError("''")}`,
      `@/throws-no-error.fixture.ts › numbers › throws "text": ${notAnError("'text'")}`,
    ],
  },
  {
    sentence: 'a rejection that no test awaits fails the run at the test it came from',
    names: ['floating-rejection'],
    last: '2 passed, 1 failed, 0 skipped',
    failures: [`@/floating-rejection.fixture.ts › numbers › adds: ${STRAY}`],
  },
  {
    sentence: 'a rejection after the last test fails the run',
    names: ['late-rejection'],
    last: '1 passed, 1 failed, 0 skipped',
    failures: [`@/late-rejection.fixture.ts › numbers › adds: ${STRAY}`],
  },
  {
    sentence: 'an exception after the last test fails the run',
    names: ['late-exception'],
    last: '1 passed, 1 failed, 0 skipped',
    failures: [`@/late-exception.fixture.ts › numbers › adds: ${STRAY}`],
  },
  {
    sentence: 'a test that never settles fails the run, and the next test still runs',
    names: ['/pends.'],
    limitMs: 2_000,
    last: '1 passed, 1 failed, 0 skipped',
    failures: [`@/pends.fixture.ts › numbers › adds: ${LATE}`],
  },
  {
    sentence: 'a test that ends the process fails the run',
    names: ['/exits.'],
    last: '0 passed, 1 failed, 0 skipped',
    failures: [`@/exits.fixture.ts › numbers › adds: ${ENDED}`],
  },
  {
    sentence: 'a file that ends the process while it loads fails the run',
    names: ['exits-on-import'],
    last: '0 passed, 1 failed, 0 skipped',
    failures: [`@/exits-on-import.fixture.ts: ${ENDED}`],
  },
  {
    sentence: 'a file that leaves something open fails the run, which still ends',
    names: ['leaks'],
    last: '1 passed, 1 failed, 0 skipped',
    failures: [
      '@/leaks.fixture.ts: the tests left something open that keeps Node alive (Timeout); close it in an after hook.',
    ],
  },
  {
    sentence: 'a test cannot take the clock, the output or the exit code from the runner',
    names: ['tampers'],
    limitMs: 2_000,
    last: '1 passed, 2 failed, 0 skipped',
    failures: [
      `@/tampers.fixture.ts › numbers › takes over what the runner stands on: ${STRAY}`,
      `@/tampers.fixture.ts › numbers › pends: ${LATE}`,
    ],
  },
  {
    sentence: 'a name that matches no file fails the run, even if another name matches one',
    names: ['passes', 'no-such-file'],
    last: '0 passed, 1 failed, 0 skipped',
    failures: ['tests/run.ts: no test file has a path that contains "no-such-file"; correct the name.'],
  },
];

// Each run starts when the one four places before it has ended: enough to keep two slow cores busy.
const runs = new Map<Expected, Promise<Outcome>>();
for (const [index, expected] of table.entries()) {
  const earlier = table[index - 4];
  const turn = Promise.resolve(earlier && runs.get(earlier));
  runs.set(
    expected,
    turn.then(() => spawnRunner(expected.names, expected.limitMs)),
  );
}

const test = suite('the test runner');

for (const [{ sentence, last, failures }, run] of runs) {
  test(sentence, async () => {
    const { code, lines } = await run;
    assert.is(lines.at(-1), last);
    assert.is(code, last.includes(' 0 failed') ? 0 : 1);
    for (const failure of failures) {
      const line = `FAIL ${failure.replace('@', FIXTURES)}`;
      assert.ok(lines.includes(line), `no line "${line}" in:\n${lines.join('\n')}`);
    }
  });
}

test('files are found in folders, in any case, but not among fixtures', () => {
  const choice = { dir: 'tests', suffix: '.ts' };
  assert.equal(findTestFiles({ ...choice, names: ['RUNNER/explain'] }), ['tests/runner/explain.ts']);
  assert.throws(() => findTestFiles({ ...choice, names: ['/only.'] }), /contains "\/only\."/);
});

test('a limit that setTimeout would turn into 1 ms is refused', () => {
  for (const TEST_TIMEOUT_MS of ['', '0', 'soon', '2147483648']) {
    assert.throws(
      () => readOptions([], { TEST_TIMEOUT_MS }),
      (thrown: unknown) => thrown instanceof Violation && thrown.message.includes('TEST_TIMEOUT_MS'),
    );
  }
});

test.run();
