import type { Trigger } from '../cloudtrail/meaning.ts';
import { decideTagRequest, type TagRequest } from '../commands/request-tags.ts';
import { resourceStream } from '../events/ledger-stream.ts';
import type { ResourceIdentity } from '../events/resource-arn.ts';
import type { Tag } from '../events/tag.ts';
import type { TagRules } from '../tagging/rules/tag-rules.ts';
import { applyTagRules } from './apply-tag-rules.ts';
import type { Interpretation, PlannedWrite } from './planned-write.ts';

/**
 * Plans a request for the tags of the rules and of the caller (see {@link applyTagRules}), or a skip without
 * any.
 */
export const planTagRequest = (
  rules: TagRules,
  occasion: Trigger,
  identity: ResourceIdentity,
  wishes: { readonly tags?: readonly Tag[]; readonly birth?: TagRequest['birth'] },
): Interpretation => {
  const stream = resourceStream(identity);
  const { cause } = occasion;
  const asked = applyTagRules(rules, occasion, identity, wishes);
  if (!asked) {
    const reason = `no rule is for resources of type ${identity.type}`;
    const about = { cause: cause.id, ...(cause.name && { name: cause.name }), resource: stream };
    return { writes: [], skips: [{ ...about, why: 'no-rule', reason }] };
  }
  const write: PlannedWrite = {
    cause,
    stream,
    decide: decideTagRequest(stream, asked),
    known: wishes.birth ? [] : undefined,
  };
  return { writes: [write], skips: [] };
};
