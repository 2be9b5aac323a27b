import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FIXTURES, type Outcome, spawnRunner } from './runner/spawn-runner.ts';

interface Expected {
  readonly sentence: string;
  /** Fixtures without `.fixture.ts`, or names that match none. */
  readonly names: readonly string[];
  readonly limitMs?: number;
  readonly last: string;
  /** How lines begin that must be there, after their `FAIL ` and with `@` for the folder of the fixtures. */
  readonly failures: readonly string[];
}

const NOT_RUN = 'run() was not called after the last test or hook; end with test.run().';
const ENDED = 'the process ended during or after this; the tests that follow were not run.';

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
    failures: ['@/before-throws.fixture.ts › numbers › before hook: Error: broken hook'],
  },
  {
    sentence: 'a before.each hook that throws fails the run',
    names: ['before-each-throws'],
    last: '0 passed, 1 failed, 0 skipped',
    failures: ['@/before-each-throws.fixture.ts › numbers › adds: Error: broken hook'],
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
    sentence: 'a test that is added after run() fails the run',
    names: ['never-run-again'],
    last: '1 passed, 1 failed, 0 skipped',
    failures: [`@/never-run-again.fixture.ts › numbers: ${NOT_RUN}`],
  },
  {
    sentence: 'a suite without tests fails the run',
    names: ['empty-suite'],
    last: '0 passed, 1 failed, 0 skipped',
    failures: ['@/empty-suite.fixture.ts › numbers: the suite has no tests; add one.'],
  },
  {
    sentence: 'a file without suites fails the run',
    names: ['no-suite'],
    last: '0 passed, 1 failed, 0 skipped',
    failures: ['@/no-suite.fixture.ts: the file has no suite; add one, or remove the file.'],
  },
  {
    sentence: 'a file that throws while it loads fails the run',
    names: ['import-throws'],
    last: '0 passed, 1 failed, 0 skipped',
    failures: ['@/import-throws.fixture.ts: Error: broken file'],
  },
  {
    sentence: '.only that was left in fails the run',
    names: ['only'],
    last: '1 passed, 1 failed, 1 skipped',
    failures: ['@/only.fixture.ts › numbers › subtracts: .only was left in; remove it.'],
  },
  {
    sentence: 'a test that throws what is not an Error fails the run',
    names: ['throws-no-error'],
    last: '0 passed, 5 failed, 0 skipped',
    failures: [
      '@/throws-no-error.fixture.ts › numbers › throws null: null',
      '@/throws-no-error.fixture.ts › numbers › throws undefined: undefined',
      '@/throws-no-error.fixture.ts › numbers › throws 0: 0',
      '@/throws-no-error.fixture.ts › numbers › throws "text": text',
    ],
  },
  {
    sentence: 'a rejection after the last test fails the run',
    names: ['late-rejection'],
    last: '1 passed, 1 failed, 0 skipped',
    failures: [`@/late-rejection.fixture.ts › numbers › adds: ${ENDED}`],
  },
  {
    sentence: 'a test that never settles fails the run, and the next test still runs',
    names: ['/pends.'],
    limitMs: 2_000,
    last: '1 passed, 1 failed, 0 skipped',
    failures: [
      '@/pends.fixture.ts › numbers › adds: did not settle within 2000 ms; settle its promise or raise TEST_TIMEOUT_MS.',
    ],
  },
  {
    sentence: 'a test that ends the process fails the run',
    names: ['/exits.'],
    last: '0 passed, 1 failed, 0 skipped',
    failures: [`@/exits.fixture.ts › numbers › adds: ${ENDED}`],
  },
  {
    sentence: 'a file that leaves something open fails the run, which still ends',
    names: ['leaks'],
    last: '1 passed, 1 failed, 0 skipped',
    failures: ['tests/run.ts: the tests left something open that keeps Node alive ('],
  },
  {
    sentence: 'a name that matches no file fails the run, even if another name matches one',
    names: ['passes', 'no-such-file'],
    last: '0 passed, 1 failed, 0 skipped',
    failures: [
      'tests/run.ts: no file under "tests/runner/fixtures" that ends in ".fixture.ts" matches "no-such-file"; correct the name.',
    ],
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
      assert.ok(
        lines.some((one) => one.startsWith(line)),
        `no line "${line}" in:\n${lines.join('\n')}`,
      );
    }
  });
}

test.run();
