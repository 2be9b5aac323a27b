import type { DescribeTagsCommandInput, ResourceType, TagDescription } from '@aws-sdk/client-ec2';
import { type Describable, questionOf } from './describe.ts';
import { isRefusal, type Refusal } from './error.ts';
import type { ResourceShelf, SimulatedResource } from './resources.ts';

/** One page of tags. */
export interface TagPage {
  readonly Tags: TagDescription[];
  readonly NextToken?: string;
}

/**
 * Simulates DescribeTags with the filters `resource-id`, `resource-type`, `key`, `value` and `tag:KEY`. EC2
 * promises no order; here it is by id, then by key.
 */
export const describeTags = async (
  shelf: ResourceShelf,
  input: DescribeTagsCommandInput,
  now: () => number,
): Promise<Refusal | TagPage> => {
  const question = questionOf(input, TAGS);
  if (isRefusal(question)) return question;
  const ids = question.idsUnder('resource-id');
  if (ids) await shelf.load(ids);
  const at = now();
  const candidates = ids ? ids.flatMap((id) => shelf.get(id) ?? []) : [...shelf.all()];
  const { items, ...more } = question.page(
    candidates.filter(({ visibleFrom }) => visibleFrom <= at).flatMap(descriptions),
  );
  return { Tags: [...items], ...more };
};

type Description = Required<{ [K in keyof TagDescription]: NonNullable<TagDescription[K]> }>;

const descriptions = ({ identity, tags }: SimulatedResource): Description[] =>
  Array.from(tags, ([Key, Value]) => ({
    Key,
    Value,
    ResourceId: identity.id,
    ResourceType: identity.type as ResourceType,
  }));

const FIELDS: ReadonlyMap<string, (tag: Description) => readonly string[]> = new Map([
  ['resource-id', (tag: Description) => [tag.ResourceId]],
  ['resource-type', (tag: Description) => [tag.ResourceType]],
  ['key', (tag: Description) => [tag.Key]],
  ['value', (tag: Description) => [tag.Value]],
]);

const TAGS: Describable<Description> = {
  placeOf: ({ ResourceId, Key }) => [ResourceId, Key],
  filter: (name) => {
    const isOfOneKey = name.startsWith('tag:') && name.length > 4;
    return isOfOneKey ? ({ Key, Value }) => (`tag:${Key}` === name ? [Value] : []) : FIELDS.get(name);
  },
};
