import { sortedTags, type Tag } from '../../events/tag.ts';
import { copiedTagsOf } from '../operations/copied-tags.ts';
import type { CloudTrailRecord } from '../record.ts';
import { requestBodies, responseBody } from './bodies.ts';
import { each, find, isBody, type JsonBody, memberOf, objectsAt, scalarOf } from './walk.ts';

/**
 * Whether a key is a user's. `aws:` is reserved for AWS: nobody else can set or remove such a tag, and it
 * does not count towards the tag limit.
 */
export const isUserKey = (key: string): boolean => !key.toLowerCase().startsWith('aws:');

/** A tag as it appears in a body. */
export interface BodyTag {
  readonly key: string;
  /** Undefined if the body has no value, or one that cannot be read. */
  readonly value: string | undefined;
  /**
   * `spelling`: the body has a boolean or number in place of a text, so the text may have been spelled
   * differently. `lost`: the body has a value that cannot be read.
   */
  readonly doubt?: 'spelling' | 'lost';
}

/** The user tags of a list in any form that CloudTrail uses. Tags with unreadable keys are skipped. */
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

/**
 * The tags as EC2 sets them: a missing value becomes the empty string, and tags with a lost value are
 * skipped.
 */
export const tagsToSet = (tags: readonly BodyTag[]): readonly Tag[] =>
  sortedTags(tags.flatMap(({ key, value = '', doubt }) => (doubt === 'lost' ? [] : [{ key, value }])));

/** The keys of the tags that are in doubt, sorted. */
export const doubtful = (tags: readonly BodyTag[]): readonly string[] =>
  [...new Set(tags.flatMap(({ key, doubt }) => (doubt ? [key] : [])))].sort();

/** The tags that a new resource had when it was created. */
export interface InitialTags {
  /** Its user tags, sorted by key. */
  readonly birthTags: readonly Tag[];
  /**
   * Keys whose value the record does not show for certain: `birthTags` has the likeliest spelling, or lacks
   * the key if the value is lost. Absent if there are none.
   */
  readonly uncertain?: readonly string[];
  /** Whether tags were copied to it which the record does not show. Keys that `birthTags` lacks may then be there, too. */
  readonly unseenTags?: true;
}

/**
 * The user tags that a new resource had when it was created: those that the request specifies for its type,
 * and those that the response shows on it, which include tags from a launch template. `holder` is the
 * response object that describes the resource, if there is one. If both have a key, the response wins,
 * because it shows what EC2 did, unless only the request has the tag as text.
 */
export const initialTagsOf = (
  record: CloudTrailRecord,
  type: string,
  holder: JsonBody | undefined,
): InitialTags => {
  // The EBS direct APIs have one list of tags in the request, and the same in the response.
  const isOfEbs = record.eventSource === 'ebs.amazonaws.com';
  const shown = isOfEbs ? 'tags' : 'tagSet';
  const requested = isOfEbs
    ? requestBodies(record).flatMap((body) => readTags(memberOf(body, shown)))
    : specificationsIn(record)
        .filter((specification) => memberOf(specification, 'resourceType') === type)
        .flatMap((specification) => TAGS.flatMap((name) => readTags(memberOf(specification, name))));
  const byKey = new Map<string, BodyTag>();
  for (const tag of [...requested, ...readTags(holder && memberOf(holder, shown))]) {
    if (!tag.doubt || !byKey.has(tag.key) || byKey.get(tag.key)?.doubt) byKey.set(tag.key, tag);
  }
  const tags = [...byKey.values()];
  const uncertain = doubtful(tags);
  return {
    birthTags: tagsToSet(tags),
    ...(uncertain.length > 0 && { uncertain }),
    ...(hasUnseenTags(record, type) && { unseenTags: true }),
  };
};

const hasUnseenTags = (record: CloudTrailRecord, type: string): boolean => {
  const copies = copiedTagsOf(record.eventName);
  if (copies?.type !== type) return false;
  const { onlyIf } = copies;
  if (!onlyIf) return true;
  const names = onlyIf.path.split('.');
  const last = names.pop() ?? '';
  return requestBodies(record)
    .flatMap((body) => objectsAt(body, names))
    .some((holder) => String(scalarOf(memberOf(holder, last))) === onlyIf.is);
};

/**
 * The `aws:` tags that the new resources of a call had when they were created, from the request and from the
 * response objects that contain their ids.
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

/**
 * Where requests specify tags: first as plain requests spell it, then as wrapped ones do, such as
 * `{TagSpecification: {tag: 1, ResourceType, Tag}}`.
 */
const SPECIFICATIONS: readonly (readonly string[])[] = [
  ['tagSpecificationSet'],
  ['TagSpecification'],
  ['TagSpecifications'], // six operations, such as CreateCapacityReservation
  ['PoolTagSpecification'], // ProvisionByoipCidr
  ['spotFleetRequestConfig', 'TagSpecification'], // RequestSpotFleet
];
const TAGS = ['tags', 'Tag'];

const isText = (value: unknown): boolean => typeof scalarOf(value) === 'string';

/**
 * The text of a key or value. Wrapped bodies convert text that looks like another type: `true` becomes a
 * boolean, `7` a number. It is converted back where that can be exact, but `007`, `1.50` or `TRUE` may also
 * have become 7, 1.5 or true, so such a text is in doubt. Undefined for a number that has certainly lost
 * digits.
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
