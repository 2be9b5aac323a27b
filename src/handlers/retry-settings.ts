import { InvalidInputError } from '../events/invalid-input-error.ts';
import { DEFAULT_RETRY, type RetryPolicy } from '../tagging/retry-policy.ts';

/** The settings of the retry policy: which part of it, the unit in milliseconds, and the smallest and largest value that make sense. */
const SETTINGS = {
  RETRY_ATTEMPTS: { part: 'attempts', unit: 1, least: 1, most: 100 },
  RETRY_FIRST_SECONDS: { part: 'firstWaitMs', unit: 1_000, least: 1, most: 86_400 },
  RETRY_LONGEST_SECONDS: { part: 'longestWaitMs', unit: 1_000, least: 1, most: 86_400 },
  NEW_FOR_SECONDS: { part: 'newForMs', unit: 1_000, least: 0, most: 86_400 },
  // An attempt is under way for as long as its invocation and the redeliveries of its batch take.
  STUCK_AFTER_SECONDS: { part: 'stuckAfterMs', unit: 1_000, least: 60, most: 86_400 },
} as const satisfies Record<
  string,
  { readonly part: keyof RetryPolicy; readonly unit: number; readonly least: number; readonly most: number }
>;

/**
 * The retry policy that an environment asks for: {@link DEFAULT_RETRY} where it says nothing. Throws one
 * `InvalidInputError` that names every setting which is no whole number in its range.
 */
export const readRetryPolicy = (env: Readonly<Record<string, string | undefined>>): RetryPolicy => {
  const policy: { -readonly [part in keyof RetryPolicy]: number } = { ...DEFAULT_RETRY };
  const problems: string[] = [];
  for (const [name, { part, unit, least, most }] of Object.entries(SETTINGS)) {
    const text = env[name]?.trim();
    if (!text) continue;
    const value = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) policy[part] = value * unit;
    else problems.push(`${name}=${JSON.stringify(text)}, expected a whole number from ${least} to ${most}`);
  }
  if (problems.length > 0) {
    throw new InvalidInputError(
      `got ${problems.join('; ')}: change the environment variable, or unset it for the default`,
    );
  }
  return policy;
};
