/**
 * How a command line can end: the exit code, and what it means. The only place where the codes are numbers; the README
 * has the same table.
 */
export const EXIT_CODES = {
  done: { code: 0, means: 'done: what was asked was done, and the answer is known' },
  failed: { code: 1, means: 'could not be done, or not all of it' },
  usage: { code: 2, means: 'wrong usage: an unknown command, option or value' },
  finding: { code: 3, means: 'a finding: a violation, a forgery or a difference' },
  unknown: {
    code: 4,
    means:
      'not known or not proven: an unproven file, an unknown resource, an empty selection under --fail-on',
  },
  interrupted: { code: 130, means: 'interrupted: what was written so far is not complete' },
} as const satisfies Readonly<Record<string, { readonly code: number; readonly means: string }>>;

/** A way in which a command line can end. */
export type Exit = keyof typeof EXIT_CODES;

/**
 * How a command ends of which several things are true. What could not be done comes before what was found, because
 * more may have been found; what was found comes before what is not known. Wrong usage comes before all of these: it
 * is thrown before anything is done.
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
