/** What a deployed ledger consists of, by its names. */
export interface Names {
  readonly ledger: string;
  readonly states: string;
  /** With which the names of everything else begin. */
  readonly prefix: string;
}

/** Those that a schedule runs. */
export const SCHEDULED = ['archive', 'seal', 'reconcile', 'sweep'] as const;

/** The full name of a part. */
export const nameOf = ({ prefix }: Names, part: string): string => `${prefix}-${part}`;

/** The prefix that a ledger's table has in its name; undefined for a table that is called otherwise. */
export const prefixOf = (ledger: string): string | undefined => /^(.+)-ledger$/.exec(ledger)?.[1];
