import type { DescribeTagsCommandInput, Filter, ResourceType, TagDescription } from '@aws-sdk/client-ec2';
import type { Refusal } from './simulated-ec2-error.ts';
import type { ResourceShelf, SimulatedResource } from './simulated-ec2-resources.ts';

/** Filter values in one call, all filters together (EC2's own message; for example druid #1954). */
export const MAX_FILTER_VALUES = 200;

/** One page of tags. */
export interface TagPage {
  readonly Tags: TagDescription[];
  readonly NextToken?: string;
}

/**
 * DescribeTags: the filters `resource-id`, `resource-type`, `key`, `value` and `tag:KEY`, with the wildcards `*` and `?`;
 * the values of a filter are alternatives, several filters must all fit. Pages of 5 to 1,000, at most 1,000 where
 * nothing is asked. A page starts after the last tag of the one before it, so tags that come and go between two pages
 * make no other tag come twice or never. EC2 promises no order; here it is by id, then by key.
 */
export const describeTags = async (
  shelf: ResourceShelf,
  { Filters = [], MaxResults = 1000, NextToken, DryRun }: DescribeTagsCommandInput,
  now: () => number,
): Promise<Refusal | TagPage> => {
  const refusal = filterRefusal(Filters) ?? pageSizeRefusal(MaxResults);
  if (refusal) return refusal;
  const after = NextToken === undefined ? undefined : readToken(NextToken);
  if (NextToken !== undefined && !after) {
    return { code: 'InvalidNextToken', message: `The token '${NextToken}' is invalid` };
  }
  if (DryRun) {
    return { code: 'DryRunOperation', message: 'Request would have succeeded, but DryRun flag is set.' };
  }

  const fits = fitsAll(Filters);
  const ids = idsAskedFor(Filters);
  if (ids) await shelf.load(ids);
  const at = now();
  const candidates = ids ? ids.flatMap((id) => shelf.get(id) ?? []) : [...shelf.all()];
  const rest = candidates
    .filter(({ visibleFrom }) => visibleFrom <= at)
    .flatMap(descriptions)
    .filter((tag) => fits(tag) && (!after || inOrder(after, [tag.ResourceId, tag.Key]) < 0))
    .sort((a, b) => inOrder([a.ResourceId, a.Key], [b.ResourceId, b.Key]));

  const Tags = rest.slice(0, MaxResults);
  const last = Tags.at(-1);
  return last && rest.length > MaxResults
    ? { Tags, NextToken: writeToken([last.ResourceId, last.Key]) }
    : { Tags };
};

type Description = Required<{ [K in keyof TagDescription]: NonNullable<TagDescription[K]> }>;
type Place = readonly [id: string, key: string];

const descriptions = ({ identity, tags }: SimulatedResource): Description[] =>
  Array.from(tags, ([Key, Value]) => ({
    Key,
    Value,
    ResourceId: identity.id,
    ResourceType: identity.type as ResourceType,
  }));

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const inOrder = (a: Place, b: Place): number => compare(a[0], b[0]) || compare(a[1], b[1]);

const writeToken = (place: Place): string => Buffer.from(JSON.stringify(place)).toString('base64url');

const readToken = (token: string): Place | undefined => {
  try {
    const place: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    if (!Array.isArray(place)) return undefined;
    const [id, key]: unknown[] = place;
    return typeof id === 'string' && typeof key === 'string' ? [id, key] : undefined;
  } catch {
    return undefined;
  }
};

const FIELDS: ReadonlyMap<string, (tag: Description) => string> = new Map([
  ['resource-id', (tag: Description) => tag.ResourceId],
  ['resource-type', (tag: Description) => tag.ResourceType],
  ['key', (tag: Description) => tag.Key],
  ['value', (tag: Description) => tag.Value],
]);

const isTagFilter = (name: string): boolean => name.startsWith('tag:') && name.length > 4;

const fitsAll = (filters: readonly Filter[]) => {
  const tests = filters.map(({ Name = '', Values = [] }) => {
    const patterns = Values.map(patternOf);
    const any = (text: string) => patterns.some((pattern) => pattern.test(text));
    const field = FIELDS.get(Name);
    return (tag: Description) => (field ? any(field(tag)) : `tag:${tag.Key}` === Name && any(tag.Value));
  });
  return (tag: Description) => tests.every((test) => test(tag));
};

/** EC2's wildcards: `*` is any text, `?` one character, a backslash takes the next character as it is. */
const patternOf = (value: string): RegExp => {
  const source = value.replace(/\\.|[\s\S]/gu, (part) => {
    if (part === '*') return '.*';
    if (part === '?') return '.';
    const literal = part.length > 1 && part.startsWith('\\') ? part.slice(1) : part;
    return literal.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  });
  return new RegExp(`^${source}$`, 'su');
};

/** The ids of a `resource-id` filter without wildcards; undefined where all resources have to be gone through. */
const idsAskedFor = (filters: readonly Filter[]): string[] | undefined => {
  const values = filters.find(({ Name }) => Name === 'resource-id')?.Values;
  return values?.every((value) => !/[*?\\]/.test(value)) ? [...new Set(values)] : undefined;
};

const filterRefusal = (filters: readonly Filter[]): Refusal | undefined => {
  const unknown = filters.find(({ Name = '' }) => !FIELDS.has(Name) && !isTagFilter(Name));
  if (unknown) return { code: 'InvalidParameterValue', message: `The filter '${unknown.Name}' is invalid` };
  const count = filters.reduce((sum, { Values = [] }) => sum + Values.length, 0);
  return count > MAX_FILTER_VALUES
    ? {
        code: 'FilterLimitExceeded',
        message: `The maximum number of filter values specified on a single call is ${MAX_FILTER_VALUES}`,
      }
    : undefined;
};

const pageSizeRefusal = (size: number): Refusal | undefined =>
  Number.isInteger(size) && size >= 5 && size <= 1000
    ? undefined
    : {
        code: 'InvalidParameterValue',
        message: `Value ( ${size} ) for parameter maxResults is invalid. Expecting a value from 5 to 1000.`,
      };
