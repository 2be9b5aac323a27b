/** What a call says, before CloudTrail's notation: lists are arrays, times are Dates, undefined members are left out. */
export type Said =
  | string
  | number
  | boolean
  | Date
  | undefined
  | Said[]
  | { readonly [member: string]: Said };

export type Json = string | number | boolean | null | Json[] | { readonly [member: string]: Json };
export type JsonObject = { readonly [member: string]: Json };
export type SaidObject = { readonly [member: string]: Said };

/**
 * The notation of EC2's operations up to 2014: lists are `{items: [...]}`, or `{}` when empty; times are in epoch
 * milliseconds. Younger operations are wrapped: their XML turned into JSON, below one member.
 */
export const plain = (said: SaidObject): JsonObject => members(said, plainValue);

/** The request of a wrapped operation: list members carry their place as `tag`. */
export const wrappedRequest = (eventName: string, said: SaidObject): JsonObject => ({
  [`${eventName}Request`]: members(said, wrappedRequestValue),
});

/** The response of a wrapped operation: `{item: X}`, `{item: [X, Y]}` or `""`, with scalars that look like numbers as numbers. */
export const wrappedResponse = (eventName: string, said: SaidObject): JsonObject => ({
  [`${eventName}Response`]: {
    xmlns: 'http://ec2.amazonaws.com/doc/2016-11-15/',
    ...members(said, wrappedResponseValue),
  },
});

type Scalar = string | number | boolean | Date;
type Write = (value: Exclude<Said, undefined>, member: string) => Json;

const members = (said: SaidObject, write: Write): JsonObject =>
  Object.fromEntries(
    Object.entries(said).flatMap(([member, value]) =>
      value === undefined ? [] : [[member, write(value, member)]],
    ),
  );

const defined = (list: readonly Said[]) => list.filter((value) => value !== undefined);

const isScalar = (value: Said): value is Scalar => typeof value !== 'object' || value instanceof Date;

const plainValue: Write = (value, member) => {
  if (value instanceof Date) return value.getTime();
  if (isScalar(value)) return value;
  if (!Array.isArray(value)) return members(value, plainValue);
  const items = defined(value).map((item) => plainValue(item, ''));
  if (member === 'tags') return items;
  if (items.length === 0) return {};
  return { [member === 'privateIpAddressesSet' ? 'item' : 'items']: items };
};

const wrappedScalar = (value: Scalar): Json => {
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== 'string') return value;
  if (/^\d+$/.test(value)) return Number(value);
  return value === 'true' || value === 'false' ? value === 'true' : value;
};

const wrappedRequestValue: Write = (value) => {
  if (isScalar(value)) return wrappedScalar(value);
  if (!Array.isArray(value)) return members(value, wrappedRequestValue);
  const items = defined(value).map((item, i) =>
    isScalar(item) || Array.isArray(item)
      ? { tag: i + 1, content: wrappedRequestValue(item, '') }
      : { tag: i + 1, ...members(item, wrappedRequestValue) },
  );
  return oneOrMany(items);
};

const wrappedResponseValue: Write = (value) => {
  if (isScalar(value)) return wrappedScalar(value);
  if (!Array.isArray(value)) return members(value, wrappedResponseValue);
  if (value.length === 0) return '';
  return { item: oneOrMany(defined(value).map((item) => wrappedResponseValue(item, ''))) };
};

const oneOrMany = (items: Json[]): Json => (items.length === 1 && items[0] !== undefined ? items[0] : items);
