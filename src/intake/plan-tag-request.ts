import type { Trigger } from '../cloudtrail/meaning.ts';
import { decideTagRequest, type TagRequest } from '../commands/request-tags.ts';
import { resourceStream } from '../events/ledger-stream.ts';
import type { ResourceIdentity } from '../events/resource-arn.ts';
import type { Tag } from '../events/tag.ts';
import type { TagRules } from '../tagging/rules/tag-rules.ts';
import { applyTagRules } from './apply-tag-rules.ts';
import type { Interpretation, PlannedWrite, Skip } from './planned-write.ts';

/** Why nothing is requested where inputs are only observed. */
const OBSERVING = {
  why: 'observing',
  reason: 'it asks for tags, and this ledger only observes: nothing is requested',
} as const;

const noRule = (type: string): string => `no rule is for resources of type ${type}`;

/**
 * Plans a request for the tags of the rules and of the caller (see {@link applyTagRules}). Without any, a
 * creation is recorded as observed, unless there are rules and `recordAll` is false, and anything else is skipped.
 * Without `rules` nothing is requested.
 */
export const planTagRequest = (
  rules: TagRules | undefined,
  occasion: Trigger,
  identity: ResourceIdentity,
  wishes: {
    readonly tags?: readonly Tag[];
    readonly birth?: TagRequest['birth'];
    readonly recordAll?: boolean | undefined;
  },
): Interpretation => {
  const stream = resourceStream(identity);
  const { cause } = occasion;
  const asked = rules && applyTagRules(rules, occasion, identity, wishes);
  const unasked: Pick<Skip, 'why' | 'reason'> = rules
    ? { why: 'no-rule', reason: noRule(identity.type) }
    : OBSERVING;
  const { birth, recordAll = true } = wishes;
  if (!asked && !(birth && (recordAll || !rules))) {
    const about = { cause: cause.id, ...(cause.name && { name: cause.name }), resource: stream };
    return { writes: [], skips: [{ ...about, ...unasked }] };
  }
  const { who, at } = occasion;
  const request = asked ?? { cause, who, at, tags: [], overwrite: [], notes: [], ...(birth && { birth }) };
  const write: PlannedWrite = {
    cause,
    stream,
    decide: decideTagRequest(stream, { ...request, ...(!rules && { observing: true }) }),
    known: birth ? [] : undefined,
    ...(!asked && { unasked: rules ? unasked.reason : 'its creation is observed, and nothing is requested' }),
  };
  return { writes: [write], skips: [] };
};
