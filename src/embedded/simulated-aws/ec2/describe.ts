import type { Filter } from '@aws-sdk/client-ec2';
import type { Refusal } from './error.ts';

/** The most filter values in one call, over all filters (EC2's own message; for example druid #1954). */
const MAX_FILTER_VALUES = 200;

/** The input that Describe calls have in common. */
export interface DescribeInput {
  readonly Filters?: readonly Filter[] | undefined;
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
  readonly DryRun?: boolean | undefined;
}

/** The place of an item in the order of the pages. */
type DescribePlace = readonly [id: string, key: string];

/** How a Describe call orders and filters its items. */
export interface Describable<Item> {
  readonly placeOf: (item: Item) => DescribePlace;
  /** Returns how a filter of this name reads an item; undefined if the call has no such filter. */
  readonly filter: (name: string) => ((item: Item) => readonly string[]) | undefined;
}

/** A Describe call that EC2 would answer. */
export interface DescribeQuestion<Item> {
  /** The ids that a filter without wildcards names; undefined if all resources must be searched. */
  readonly idsUnder: (filter: string) => readonly string[] | undefined;
  /** Selects the requested page from all items. */
  readonly page: (all: readonly Item[]) => { readonly items: readonly Item[]; readonly NextToken?: string };
}

/**
 * Parses a Describe call. A filter value can have the wildcards `*` and `?`. An item must match every filter,
 * each by at least one of its values. Pages have 5 to 1,000 items, at most 1,000 by default. A page starts
 * after the last item of the page before, so an item that appears or disappears between pages does not make
 * another one repeat or go missing.
 */
export const questionOf = <Item>(
  { Filters = [], MaxResults = 1000, NextToken, DryRun }: DescribeInput,
  { placeOf, filter }: Describable<Item>,
): Refusal | DescribeQuestion<Item> => {
  const refusal = filterRefusal(Filters, (name) => filter(name) !== undefined) ?? pageSizeRefusal(MaxResults);
  if (refusal) return refusal;
  const after = NextToken === undefined ? undefined : readToken(NextToken);
  if (NextToken !== undefined && !after) {
    return { code: 'InvalidNextToken', message: `The token '${NextToken}' is invalid` };
  }
  if (DryRun) {
    return { code: 'DryRunOperation', message: 'Request would have succeeded, but DryRun flag is set.' };
  }
  const tests = Filters.map(({ Name = '', Values = [] }) => {
    const patterns = Values.map(patternOf);
    const valuesOf = filter(Name);
    return (item: Item) => valuesOf?.(item).some((value) => patterns.some((p) => p.test(value))) ?? false;
  });
  return {
    idsUnder: (name) => {
      const values = Filters.find(({ Name }) => Name === name)?.Values;
      return values?.every((value) => !/[*?\\]/.test(value)) ? [...new Set(values)] : undefined;
    },
    page: (all) => {
      const rest = all
        .filter((item) => tests.every((test) => test(item)) && (!after || inOrder(after, placeOf(item)) < 0))
        .sort((a, b) => inOrder(placeOf(a), placeOf(b)));
      const items = rest.slice(0, MaxResults);
      const last = items.at(-1);
      return last && rest.length > MaxResults ? { items, NextToken: writeToken(placeOf(last)) } : { items };
    },
  };
};

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const inOrder = (a: DescribePlace, b: DescribePlace): number => compare(a[0], b[0]) || compare(a[1], b[1]);

const writeToken = (place: DescribePlace): string => Buffer.from(JSON.stringify(place)).toString('base64url');

const readToken = (token: string): DescribePlace | undefined => {
  try {
    const place: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    if (!Array.isArray(place)) return undefined;
    const [id, key]: unknown[] = place;
    return typeof id === 'string' && typeof key === 'string' ? [id, key] : undefined;
  } catch {
    return undefined;
  }
};

/**
 * Converts EC2's wildcards to a regular expression: `*` is any text, `?` is one character, and a backslash
 * escapes the next character.
 */
const patternOf = (value: string): RegExp => {
  const source = value.replace(/\\.|[\s\S]/gu, (part) => {
    if (part === '*') return '.*';
    if (part === '?') return '.';
    const literal = part.length > 1 && part.startsWith('\\') ? part.slice(1) : part;
    return literal.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  });
  return new RegExp(`^${source}$`, 'su');
};

const filterRefusal = (
  filters: readonly Filter[],
  isKnown: (name: string) => boolean,
): Refusal | undefined => {
  const unknown = filters.find(({ Name = '' }) => !isKnown(Name));
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
