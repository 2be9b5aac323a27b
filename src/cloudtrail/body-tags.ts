import { sortedTags, type Tag } from '../events/tag.ts';
import { requestBodies } from './bodies.ts';
import type { CloudTrailRecord } from './record.ts';
import { type Body, each, isBody, memberOf, objectsAt, scalarOf } from './walk.ts';

/** `aws:` is AWS's own namespace: nobody can set or remove such a tag, and it counts towards no limit. */
export const isUserKey = (key: string): boolean => !key.toLowerCase().startsWith('aws:');

/** A tag as a body holds it; `value` is undefined where the body has none. */
export interface BodyTag {
  readonly key: string;
  readonly value: string | undefined;
}

/** The user tags of a list, in any of the forms of CloudTrail; what cannot be read is left out. */
export const readTags = (list: unknown): readonly BodyTag[] =>
  each(list).flatMap((item): readonly BodyTag[] => {
    if (!isBody(item)) return [];
    const key = textOf(memberOf(item, 'key'));
    if (!key || !isUserKey(key)) return [];
    const value = memberOf(item, 'value');
    if (value === undefined || value === null) return [{ key, value: undefined }];
    const text = textOf(value);
    return text === undefined ? [] : [{ key, value: text }];
  });

/**
 * The user tags that a new resource bore from its first moment: those that the request specifies for its
 * type, and those that the response shows on it (`holder` is the object that has its id), which also come
 * from a launch template. Where both have a key the response is right: it is what EC2 did.
 */
export const birthTagsOf = (record: CloudTrailRecord, type: string, holder: Body): readonly Tag[] => {
  const requested = requestBodies(record)
    .flatMap((body) => SPECIFICATIONS.flatMap((name) => objectsAt(body, [name])))
    .filter((specification) => memberOf(specification, 'resourceType') === type)
    .flatMap((specification) => TAGS.flatMap((name) => readTags(memberOf(specification, name))));
  return sortedTags([...requested, ...readTags(memberOf(holder, 'tagSet'))].map(withValue));
};

/** A tag whose value the request leaves out gets the empty one. Source: EC2 API reference, CreateTags. */
export const withValue = ({ key, value }: BodyTag): Tag => ({ key, value: value ?? '' });

/** First as plain requests spell it, then as wrapped ones do: `{TagSpecification: {tag: 1, ResourceType, Tag}}`. */
const SPECIFICATIONS = ['tagSpecificationSet', 'TagSpecification'];
const TAGS = ['tags', 'Tag'];

/**
 * Wrapped bodies turn texts that look like something else into it: `true` becomes a boolean, `7` a number.
 * Its text is taken back where that can be exact. The risk that stays: `007`, `1.50` or `TRUE` may have come
 * out as 7, 1.5 or true, and nothing in the record tells. Better a wrong spelling than no tag: a key that
 * we missed could be overwritten. Numbers that lost digits for certain are left out.
 */
const textOf = (value: unknown): string | undefined => {
  const scalar = scalarOf(value);
  switch (typeof scalar) {
    case 'string':
      return scalar.toWellFormed();
    case 'boolean':
      return String(scalar);
    case 'number':
      return isExact(scalar) ? String(scalar) : undefined;
    default:
      return undefined;
  }
};

const isExact = (number: number): boolean =>
  Number.isInteger(number)
    ? Number.isSafeInteger(number) && !Object.is(number, -0)
    : /^-?\d+\.\d{1,14}$/.test(String(number));
