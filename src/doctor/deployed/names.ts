/** The names of the parts of a deployed ledger. */
export interface Names {
  readonly ledger: string;
  readonly states: string;
  /** The beginning of the names of all other parts. */
  readonly prefix: string;
}

/** The functions that run on a schedule. */
export const SCHEDULED = ['archive', 'seal', 'reconcile', 'sweep'] as const;

/** The full name of a part. */
export const nameOf = ({ prefix }: Names, part: string): string => `${prefix}-${part}`;

/** The prefix in the name of a ledger's table; undefined if the name does not end in `-ledger`. */
export const prefixOf = (ledger: string): string | undefined => /^(.+)-ledger$/.exec(ledger)?.[1];
