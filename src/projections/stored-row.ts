import { isDeepStrictEqual } from 'node:util';
import { canonicalJson } from '../events/canonical-json.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import { dueOf, type StateRow, type WaitingRow } from './state-row.ts';

/**
 * A row as stored, attribute by attribute. It is what a save writes, or what was read, which can be anything
 * that somebody wrote by hand.
 */
export interface StoredRow {
  /** The ARN, which is the key of the row. */
  readonly resource: string;
  readonly [attribute: string]: unknown;
}

/**
 * Returns the stored form of a row. `state` is the resource as canonical JSON, so the same ledger yields the
 * same bytes. It omits `lastSeq`, which conditions need as an attribute; storing it once keeps a typical row
 * within the 1 KB of one write unit. Only waiting rows have `due` and `dueAt`, the key of the index that
 * finds them.
 */
export const storedOf = (row: StateRow): StoredRow => {
  const {
    arn,
    status,
    resource: { lastSeq, ...state },
  } = row;
  const due = dueOf(row);
  return {
    resource: arn,
    status,
    lastSeq,
    state: canonicalJson(state),
    ...(due && { due: dueKey(due.status, shardOf(arn)), dueAt: due.at }),
  };
};

/** Waiting rows are spread over several keys of the index, because each key takes 1,000 writes a second. */
export const SHARDS = [0, 1, 2, 3, 4, 5, 6, 7] as const;

/** The index key of rows with one status and shard. */
export const dueKey = (status: WaitingRow, shard: number): string => `${status}/${shard}`;

/** Spreads rows evenly, because ids end in a random digit. */
const shardOf = (arn: ResourceArn): number => arn.charCodeAt(arn.length - 1) % SHARDS.length;

/** Whether two stored rows are equal, byte for byte. */
export const isSame = (a: StoredRow | undefined, b: StoredRow | undefined): boolean =>
  isDeepStrictEqual(a, b);

/**
 * Returns the path of the first difference between two stored rows, such as `status` or
 * `state.tags[0].value`, in the order of the attribute names. The path is just `state` when that is not JSON,
 * or the same JSON in other bytes. Returns undefined when the rows are equal.
 */
export const firstDifference = (a: StoredRow, b: StoredRow): string | undefined => {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
  const name = names.find((one) => !isDeepStrictEqual(a[one], b[one]));
  if (name !== 'state') return name;
  return pathIn(parsed(a.state), parsed(b.state), name) ?? name;
};

const parsed = (state: unknown): unknown => {
  try {
    return JSON.parse(String(state));
  } catch {
    return undefined; // Not JSON: the difference is `state` as a whole.
  }
};

const pathIn = (a: unknown, b: unknown, path: string): string | undefined => {
  if (isDeepStrictEqual(a, b)) return undefined;
  if (!isNested(a) || !isNested(b) || Array.isArray(a) !== Array.isArray(b)) return path;
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  if (!Array.isArray(a)) keys.sort();
  for (const key of keys) {
    const found = pathIn(a[key], b[key], Array.isArray(a) ? `${path}[${key}]` : `${path}.${key}`);
    if (found) return found;
  }
  return path;
};

const isNested = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
