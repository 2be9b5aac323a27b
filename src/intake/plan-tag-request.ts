import { type Ask, askEventId, requestTags } from '../commands/request-tags.ts';
import { resourceStream } from '../events/ledger-stream.ts';
import type { ResourceIdentity } from '../events/resource-arn.ts';
import type { Tag } from '../events/tag.ts';
import type { TagRules } from '../tagging/rules/tag-rules.ts';
import { askByRules, type Occasion } from './apply-tag-rules.ts';
import type { Act, Interpretation } from './planned-write.ts';

/** The tags that the rules want on a resource, and those that the caller named, which win. */
export const askForTags = (
  rules: TagRules,
  occasion: Occasion,
  identity: ResourceIdentity,
  wishes: { readonly tags?: readonly Tag[]; readonly birth?: Ask['birth'] },
): Interpretation => {
  const stream = resourceStream(identity);
  const { cause } = occasion;
  const asked = askByRules(rules, occasion, identity, wishes);
  if (!asked) {
    const reason = `no rule is for resources of type ${identity.type}`;
    const about = { cause: cause.id, ...(cause.name && { name: cause.name }), resource: stream };
    return { acts: [], skips: [{ ...about, why: 'no-rule', reason }] };
  }
  const act: Act = {
    cause,
    stream,
    decide: requestTags(stream, asked),
    known: wishes.birth ? [] : undefined,
    isRecorded: (resource) => resource.seen.includes(askEventId(stream, cause)),
  };
  return { acts: [act], skips: [] };
};
