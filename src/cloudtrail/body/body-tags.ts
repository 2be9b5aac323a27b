import { sortedTags, type Tag } from '../../events/tag.ts';
import type { CloudTrailRecord } from '../record.ts';
import { requestBodies, responseBody } from './bodies.ts';
import { each, find, isBody, type JsonBody, memberOf, objectsAt, scalarOf } from './walk.ts';

/** `aws:` is AWS's own namespace: nobody can set or remove such a tag, and it counts towards no limit. */
export const isUserKey = (key: string): boolean => !key.toLowerCase().startsWith('aws:');

/** A tag as a body holds it. */
export interface BodyTag {
  readonly key: string;
  /** Undefined where the body has none. */
  readonly value: string | undefined;
  /**
   * `spelling`: the body has no text there but what a text was taken for, so another spelling is possible.
   * `lost`: the body has a value there that cannot be read.
   */
  readonly doubt?: 'spelling' | 'lost';
}

/** The user tags of a list, in any of the forms of CloudTrail; one whose key cannot be read is left out. */
export const readTags = (list: unknown): readonly BodyTag[] =>
  allTags(list).filter(({ key }) => isUserKey(key));

const allTags = (list: unknown): readonly BodyTag[] =>
  each(list).flatMap((item): readonly BodyTag[] => {
    if (!isBody(item)) return [];
    const [name, value] = [memberOf(item, 'key'), memberOf(item, 'value')];
    const key = textOf(name);
    if (!key) return [];
    const absent = value === undefined || value === null;
    const text = absent ? undefined : textOf(value);
    if (!absent && text === undefined) return [{ key, value: undefined, doubt: 'lost' }];
    return isText(name) && (absent || isText(value))
      ? [{ key, value: text }]
      : [{ key, value: text, doubt: 'spelling' }];
  });

/** The tags as EC2 sets them: one without a value gets the empty one, and one whose value is lost is left out. */
export const tagsToSet = (tags: readonly BodyTag[]): readonly Tag[] =>
  sortedTags(tags.flatMap(({ key, value = '', doubt }) => (doubt === 'lost' ? [] : [{ key, value }])));

/** The keys of the tags that are in doubt, sorted. */
export const doubtful = (tags: readonly BodyTag[]): readonly string[] =>
  [...new Set(tags.flatMap(({ key, doubt }) => (doubt ? [key] : [])))].sort();

/** What a new resource bore from its first moment. */
export interface InitialTags {
  /** Its user tags, sorted by key. */
  readonly birthTags: readonly Tag[];
  /**
   * Keys that it bears with a value that the record does not tell for certain: it is in `birthTags` in its likeliest
   * spelling, or not there where the value is lost. Absent when there are none.
   */
  readonly uncertain?: readonly string[];
}

/**
 * The user tags that a new resource bore from its first moment: those that the request specifies for its
 * type, and those that the response shows on it (`holder` is the object that describes it, where there is one),
 * which also come from a launch template. Where both have a key the response is right, it is what EC2 did, unless
 * only the request has it as a text.
 */
export const initialTagsOf = (
  record: CloudTrailRecord,
  type: string,
  holder: JsonBody | undefined,
): InitialTags => {
  const requested = specificationsIn(record)
    .filter((specification) => memberOf(specification, 'resourceType') === type)
    .flatMap((specification) => TAGS.flatMap((name) => readTags(memberOf(specification, name))));
  const byKey = new Map<string, BodyTag>();
  for (const tag of [...requested, ...readTags(holder && memberOf(holder, 'tagSet'))]) {
    if (!tag.doubt || !byKey.has(tag.key) || byKey.get(tag.key)?.doubt) byKey.set(tag.key, tag);
  }
  const tags = [...byKey.values()];
  const uncertain = doubtful(tags);
  return { birthTags: tagsToSet(tags), ...(uncertain.length > 0 && { uncertain }) };
};

/**
 * The tags of AWS's own that a call's new resources bore from their first moment, by the request and by the objects of
 * the response that hold their ids.
 */
export const awsTagsAtBirth = (
  record: CloudTrailRecord,
  creates: readonly { readonly path: string }[],
): readonly Tag[] => {
  const body = responseBody(record);
  const lists = [
    ...creates.flatMap(({ path }) => find(body, path).map(({ holder }) => memberOf(holder, 'tagSet'))),
    ...specificationsIn(record).flatMap((specification) => TAGS.map((name) => memberOf(specification, name))),
  ];
  return tagsToSet(lists.flatMap(allTags).filter(({ key }) => !isUserKey(key)));
};

const specificationsIn = (record: CloudTrailRecord): readonly JsonBody[] =>
  requestBodies(record).flatMap((body) => SPECIFICATIONS.flatMap((names) => objectsAt(body, names)));

/** First as plain requests spell it, then as wrapped ones do: `{TagSpecification: {tag: 1, ResourceType, Tag}}`. */
const SPECIFICATIONS: readonly (readonly string[])[] = [
  ['tagSpecificationSet'],
  ['TagSpecification'],
  ['TagSpecifications'], // of six operations, such as CreateCapacityReservation
  ['PoolTagSpecification'], // of ProvisionByoipCidr
  ['spotFleetRequestConfig', 'TagSpecification'], // of RequestSpotFleet
];
const TAGS = ['tags', 'Tag'];

const isText = (value: unknown): boolean => typeof scalarOf(value) === 'string';

/**
 * Wrapped bodies turn texts that look like something else into it: `true` becomes a boolean, `7` a number.
 * Its text is taken back where that can be exact, but `007`, `1.50` or `TRUE` may have come out as 7, 1.5 or
 * true: such a text is in doubt. Numbers that lost digits for certain have none.
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
