import { parseArgs } from 'node:util';
import type { Choice } from './find-test-files.ts';
import { Violation } from './violation.ts';

/** What one run does: the files it chooses, and how long each test, hook and import may take. */
export interface Options extends Choice {
  readonly limitMs: number;
}

/** `[NAME ...]`, and `--dir` and `--suffix` with which the runner's own test points it at fixtures. */
export const readOptions = (args: readonly string[], env: NodeJS.ProcessEnv): Options => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      dir: { type: 'string', default: 'tests' },
      suffix: { type: 'string', default: '.test.ts' },
    },
  });
  return { ...values, names: positionals, limitMs: readLimit(env.TEST_TIMEOUT_MS ?? '60000') };
};

// setTimeout turns anything else into 1 ms.
const MAX_TIMER_MS = 2 ** 31 - 1;

const readLimit = (text: string): number => {
  const limitMs = Number(text);
  if (limitMs >= 1 && limitMs <= MAX_TIMER_MS) return limitMs;
  throw new Violation(`TEST_TIMEOUT_MS is "${text}"; set it to milliseconds from 1 to ${MAX_TIMER_MS}.`);
};
