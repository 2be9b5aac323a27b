import {
  isResourceArn,
  parseArn,
  type ResourceArn,
  type ResourceIdentity,
} from '../../events/resource-arn.ts';
import type { Database } from './database.ts';

/** A resource in parts, with its ARN. */
type Named = ResourceIdentity & { readonly arn: ResourceArn };

/**
 * The most kinds of resource, each of one account, Region and type, that are looked through for an id. It bounds the time
 * that a damaged table can take.
 */
const MOST_KINDS = 5_000;

/**
 * Resources with a state row whose id begins with a text, or whose ARN does if the text begins with `arn:`, in the order of
 * their ARNs and `most` at most. The table is not scanned: it is sorted by ARN, so of each kind of resource only the rows
 * with that id are read. Rows whose name is no ARN are left out.
 */
export const resourcesWithPrefix = (database: Database, text: string, most: number): readonly Named[] => {
  const from = (first: string, limit: number): readonly string[] =>
    namesIn(
      database.all('SELECT resource FROM states WHERE resource >= ? ORDER BY resource LIMIT ?', first, limit),
    );
  const behind = (last: string): readonly string[] =>
    namesIn(database.all('SELECT resource FROM states WHERE resource > ? ORDER BY resource LIMIT 1', last));
  const beginning = (prefix: string, limit: number): readonly Named[] =>
    from(prefix, limit)
      .filter((resource) => resource.startsWith(prefix) && isResourceArn(resource))
      .map(parseArn);
  if (text.startsWith('arn:')) return beginning(text, most);
  const found: Named[] = [];
  let [next] = from('', 1);
  for (let kinds = 0; next !== undefined && found.length < most && kinds < MOST_KINDS; kinds++) {
    const kind: string = next.slice(0, next.lastIndexOf('/') + 1);
    if (isResourceArn(next)) found.push(...beginning(`${kind}${text}`, most - found.length));
    [next] = isResourceArn(next) ? from(afterAll(kind), 1) : behind(next);
  }
  return found;
};

/** The first text behind all that begin with a kind of resource, which ends in a slash: in UTF-8, `0` follows it. */
const afterAll = (kind: string): string => `${kind.slice(0, -1)}0`;

const namesIn = (rows: readonly { readonly resource: string }[]): readonly string[] =>
  rows.map(({ resource }) => resource);
