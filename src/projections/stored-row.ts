import { isDeepStrictEqual } from 'node:util';
import { canonicalJson } from '../events/canonical-json.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import { dueOf, type StateRow, type WaitingRow } from './state-row.ts';

/**
 * A row as it is stored, attribute by attribute: what a save writes, or what was found, which may be anything that
 * a hand has put there.
 */
export interface StoredRow {
  /** The ARN, under which the row stands. */
  readonly resource: string;
  readonly [attribute: string]: unknown;
}

/**
 * What is stored of a row. `state` holds the resource as canonical JSON, so the same ledger gives the same bytes,
 * without `lastSeq`, which conditions need as an attribute: said once, it leaves room for a typical row in the 1 KB
 * of one write unit. Only rows that wait have `due` and `dueAt`, the key of the index by which they are found.
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

/** Waiting rows are spread over several keys of the index, each of which takes 1,000 writes a second. */
export const SHARDS = [0, 1, 2, 3, 4, 5, 6, 7] as const;

/** The key of the index for rows of one status and shard. */
export const dueKey = (status: WaitingRow, shard: number): string => `${status}/${shard}`;

/** Ids end in a random digit. */
const shardOf = (arn: ResourceArn): number => arn.charCodeAt(arn.length - 1) % SHARDS.length;

/** Whether two rows are stored alike, byte for byte. */
export const isSame = (a: StoredRow | undefined, b: StoredRow | undefined): boolean =>
  isDeepStrictEqual(a, b);

/**
 * Where two stored rows first differ, as a path such as `status` or `state.tags[0].value`: in the attributes' order
 * and then within. `state` alone when what stands there is no JSON, or the same JSON in other bytes. Undefined when
 * they do not differ.
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
    return undefined; // No JSON: then the difference is in the whole of it.
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
