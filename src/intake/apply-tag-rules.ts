import type { Trigger } from '../cloudtrail/meaning.ts';
import type { TagRequest } from '../commands/request-tags.ts';
import { arnOf, type ResourceIdentity } from '../events/resource-arn.ts';
import { sortedTags, type Tag } from '../events/tag.ts';
import { expandTags } from '../tagging/rules/expand-tags.ts';
import type { TagRules } from '../tagging/rules/tag-rules.ts';

/**
 * Combines the tags that the rules set for a trigger with those that the caller named, which take precedence.
 * Returns undefined when no rule covers the resource's type and the caller named no tags.
 */
export const applyTagRules = (
  rules: TagRules,
  { cause, who, at }: Trigger,
  identity: ResourceIdentity,
  { tags = [], birth }: { readonly tags?: readonly Tag[]; readonly birth?: TagRequest['birth'] },
): TagRequest | undefined => {
  const expanded = expandTags(rules, identity.type, {
    'who.name': who.name,
    'who.arn': who.arn,
    'who.kind': who.kind,
    'who.via': who.via,
    'event.id': cause.id,
    'event.name': cause.name,
    'event.time': at,
    'resource.id': identity.id,
    'resource.type': identity.type,
    'resource.arn': arnOf(identity),
    account: identity.account,
    region: identity.region,
  });
  if (!expanded.covered && tags.length === 0) return undefined;
  return {
    cause,
    who,
    at,
    tags: sortedTags([...expanded.tags, ...tags]),
    overwrite: expanded.overwrite,
    notes: expanded.notes,
    ...(expanded.covered && { rules: rules.id }),
    ...(birth && { birth }),
  };
};
