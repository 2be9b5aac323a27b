import { type Ask, askEventId, requestTags } from '../commands/request-tags.ts';
import { arnOf, type ResourceIdentity } from '../events/resource-arn.ts';
import { sortedTags, type Tag } from '../events/tag.ts';
import { expandTags } from '../tagging/expand-tags.ts';
import type { TagRules } from '../tagging/tag-rules.ts';
import type { Act } from './act.ts';
import type { Interpretation, Occasion } from './interpretation.ts';

/** The tags that the rules want on a resource, and those that the caller named, which win. */
export const askForTags = (
  rules: TagRules,
  { cause, who, at }: Occasion,
  identity: ResourceIdentity,
  { tags = [], birth }: { readonly tags?: readonly Tag[]; readonly birth?: Ask['birth'] },
): Interpretation => {
  const stream = arnOf(identity);
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
    'resource.arn': stream,
    account: identity.account,
    region: identity.region,
  });
  if (!expanded.covered && tags.length === 0) {
    const reason = `no rule is for resources of type ${identity.type}`;
    const about = { cause: cause.id, ...(cause.name && { name: cause.name }), resource: stream };
    return { acts: [], skips: [{ ...about, why: 'no-rule', reason }] };
  }
  const act: Act = {
    cause,
    stream,
    decide: requestTags(stream, {
      cause,
      who,
      at,
      tags: sortedTags([...expanded.tags, ...tags]),
      overwrite: expanded.overwrite,
      notes: expanded.notes,
      ...(expanded.covered && { rules: rules.id }),
      ...(birth && { birth }),
    }),
    known: birth ? [] : undefined,
    isRecorded: (resource) => resource.seen.includes(askEventId(stream, cause)),
  };
  return { acts: [act], skips: [] };
};
