import type { FoldedEvent } from '../events/fold/act.ts';
import type { RecordedEvent } from '../events/recorded-event.ts';
import { fold, type Resource } from '../events/resource.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import type { Tag } from '../events/tag.ts';
import type { TagEvent } from '../events/tag-event.ts';
import { confirmApplied } from './confirm-applied.ts';
import { withNext } from './give-back.ts';
import { observeTags, type TagChange } from './observe-tags.ts';

/**
 * Records what CloudTrail reports of a call by one of tagledger's roles: the outcome of a request that waits
 * for it, and, as an observation, every change that is in no request of the stream. tagledger requests
 * everything that it sets, in the stream of that resource, and removes nothing. So somebody else used the
 * role for an unrequested change, or it was made under the name of another resource.
 *
 * A request counts in any state and at any age, because an echo may arrive late, or
 * again, after its request ended.
 */
export const observeOwnCall =
  (stream: ResourceArn, change: TagChange, awsRequestId: string | undefined) =>
  (resource: Resource, events: readonly RecordedEvent[]): readonly TagEvent[] => {
    const { at, set } = change;
    const call = { at, set, ...(awsRequestId && { awsRequestId }) };
    const confirmed = confirmApplied(stream, call)(resource, events);
    const after = confirmed.reduce<readonly FoldedEvent[]>(withNext, events);
    const rest = unasked(change, events);
    return rest ? [...confirmed, ...observeTags(stream, rest)(fold(after), after)] : confirmed;
  };

/** The part of a change that is in no request. An uncertain value counts as requested if its key was. */
const unasked = (change: TagChange, events: readonly RecordedEvent[]): TagChange | undefined => {
  const asked = events.flatMap(({ event }) => (event.type === 'TagRequested' ? event.tags : []));
  const keys = new Set(asked.map(({ key }) => key));
  const tags = new Set(asked.map(textOf));
  const isUncertain = (key: string) => change.uncertain?.includes(key) ?? false;
  const set = change.set.filter(
    (tag) => !tags.has(textOf(tag)) && !(isUncertain(tag.key) && keys.has(tag.key)),
  );
  const uncertain = (change.uncertain ?? []).filter((key) => !keys.has(key));
  const { removed, removedIf = [] } = change;
  const isNothing = set.length + uncertain.length + removed.length + removedIf.length === 0;
  return isNothing ? undefined : { ...change, set, uncertain };
};

const textOf = ({ key, value }: Tag): string => JSON.stringify([key, value]);
