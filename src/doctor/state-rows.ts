import { counted } from '../alerts/notices/alert-text.ts';
import { FOLD_VERSION } from '../events/resource.ts';
import type { ReadOnlyStateStore } from '../projections/state-store.ts';
import type { StoredRow } from '../projections/stored-row.ts';
import type { allOf } from './diagnosis.ts';

/** The size from which a row is reported: half of the 400 KB of a DynamoDB item. */
const LARGE_BYTES = 200 * 1024;

/** What one pass over the state rows has found. */
export interface RowFacts {
  /** The rows of {@link LARGE_BYTES} and more. */
  readonly large: readonly { readonly resource: string; readonly bytes: number }[];
  /** How many rows an earlier version of the fold made. */
  readonly earlier: number;
  /** How many rows a later version made, or cannot be read. */
  readonly unreadable: number;
}

/**
 * Notes the rows that `listStored` yields, without a pass of its own. `facts` is complete once a list was read to its
 * end.
 */
export const notingRows = (
  states: ReadOnlyStateStore,
): { readonly states: ReadOnlyStateStore; readonly facts: RowFacts } => {
  const large: { resource: string; bytes: number }[] = [];
  const facts = { large, earlier: 0, unreadable: 0 };
  async function* listStored(): AsyncGenerator<StoredRow> {
    for await (const row of states.listStored()) {
      const bytes = bytesOf(row);
      if (bytes >= LARGE_BYTES) large.push({ resource: row.resource, bytes });
      const version = foldVersionOf(row) ?? Number.POSITIVE_INFINITY;
      if (version < FOLD_VERSION) facts.earlier += 1;
      else if (version > FOLD_VERSION) facts.unreadable += 1;
      yield row;
    }
  }
  return { states: { ...states, listStored }, facts };
};

/** The conditions that all rows together must meet. `type` completes a command with the name of the ledger. */
export const rowConditions = (
  { large, earlier, unreadable }: RowFacts,
  type: (command: string) => string,
): Parameters<typeof allOf>[2] => [
  ...large.map(
    ({ resource, bytes }) =>
      [
        false,
        `the row of ${resource} has ${Math.floor(bytes / 1024)} KB: DynamoDB stores no row of more than 400 KB`,
        `${type(`history ${resource}`)} shows what makes it grow`,
      ] as const,
  ),
  [
    earlier === 0,
    `${counted(earlier, 'row')} ${wereMade(earlier)} by an earlier version of the fold`,
    type('rebuild'),
  ],
  [
    unreadable === 0,
    `${counted(unreadable, 'row')} ${wereMade(unreadable)} by a later version of the fold, or cannot be read`,
    `upgrade tagledger, or ${type('rebuild')}`,
  ],
];

const wereMade = (rows: number): string => (rows === 1 ? 'was made' : 'were made');

/** The size of a row as DynamoDB counts it: the names and values of its attributes in UTF-8. */
const bytesOf = (row: StoredRow): number =>
  Object.entries(row).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(String(value)),
    0,
  );

/** The version of the fold that made a row: 1 if it does not say so; undefined if the row cannot be read. */
const foldVersionOf = ({ state }: StoredRow): number | undefined => {
  try {
    const { foldVersion = 1 } = JSON.parse(String(state)) as { readonly foldVersion?: unknown };
    return typeof foldVersion === 'number' ? foldVersion : undefined;
  } catch {
    return undefined; // Not JSON, or null.
  }
};
