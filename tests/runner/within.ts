// Bound here, so that a test's fake timers cannot stop the runner's clock.
import { clearTimeout, setTimeout } from 'node:timers';
import { Violation } from './violation.ts';

/** Does the work, and throws a {@link Violation} if it has not settled in time; a promise may pend for ever. */
export const within = async (limitMs: number, work: () => unknown): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const sentence = `did not settle within ${limitMs} ms; settle its promise or raise TEST_TIMEOUT_MS.`;
    timer = setTimeout(() => reject(new Violation(sentence)), limitMs);
  });
  try {
    await Promise.race([late, work()]);
  } finally {
    clearTimeout(timer);
  }
};
