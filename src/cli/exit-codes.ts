/**
 * The exit codes and their meanings. This is the only place where the codes are numbers; docs/reference/exit-codes.md has the
 * same table.
 */
export const EXIT_CODES = {
  done: { code: 0, means: 'done: what was asked was done, and the answer is known' },
  failed: { code: 1, means: 'could not be done, or not all of it' },
  usage: { code: 2, means: 'wrong usage: an unknown command, option or value' },
  finding: { code: 3, means: 'a finding: a violation, a forgery or a difference' },
  unknown: {
    code: 4,
    means:
      'not known or not proven, such as an unproven file, an unknown resource, or nothing that matches under --fail-on',
  },
  interrupted: { code: 130, means: 'interrupted: what was written so far is not complete' },
} as const satisfies Readonly<Record<string, { readonly code: number; readonly means: string }>>;

/** A way that a command can end. */
export type Exit = keyof typeof EXIT_CODES;

/** All ways, in the order of their codes. */
export const EXITS: readonly Exit[] = ['done', 'failed', 'usage', 'finding', 'unknown', 'interrupted'];

/**
 * Picks one exit when several apply. A failure outranks a finding, because there may be more findings that
 * were not reached; a finding outranks an unknown. Wrong usage outranks all of these, because it is thrown
 * before any work starts.
 */
export const exitOf = ({
  failed = false,
  finding = false,
  unknown = false,
}: Partial<Readonly<Record<'failed' | 'finding' | 'unknown', boolean>>>): Exit => {
  if (failed) return 'failed';
  if (finding) return 'finding';
  return unknown ? 'unknown' : 'done';
};
