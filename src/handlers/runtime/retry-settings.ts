import type { RetryPolicy } from '../../tagging/retry-policy.ts';
import { readSettings } from './settings.ts';

/**
 * Reads the retry policy from an environment. Throws one `InvalidInputError` that names every invalid
 * setting.
 */
export const readRetryPolicy = (env: Readonly<Record<string, string | undefined>>): RetryPolicy => {
  const settings = readSettings(
    env,
    [],
    [
      'RETRY_ATTEMPTS',
      'RETRY_FIRST_SECONDS',
      'RETRY_LONGEST_SECONDS',
      'NEW_FOR_SECONDS',
      'STUCK_AFTER_SECONDS',
    ],
  );
  return {
    attempts: settings.RETRY_ATTEMPTS,
    firstWaitMs: settings.RETRY_FIRST_SECONDS * 1_000,
    longestWaitMs: settings.RETRY_LONGEST_SECONDS * 1_000,
    newForMs: settings.NEW_FOR_SECONDS * 1_000,
    stuckAfterMs: settings.STUCK_AFTER_SECONDS * 1_000,
  };
};
