import type { FoldedEvent } from '../events/fold/act.ts';
import { isOpen } from '../events/request.ts';
import type { Resource } from '../events/resource.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import type { Tag } from '../events/tag.ts';
import type { TagEvent } from '../events/tag-event.ts';
import { observeTags, type TagChange } from './observe-tags.ts';

/** How much later than an outcome its echo may be, by clocks that differ, in milliseconds. */
const ECHO_WITHIN_MS = 60_000;

/**
 * Records what EventBridge told of a change, unless it is the echo of tagledger's own call: a change that only
 * sets tags of open requests, which may arrive before the outcome, or tags that tagledger set then. If a person
 * set the same tags, CloudTrail reports that.
 */
export const observeToldChange =
  (stream: ResourceArn, change: TagChange) =>
  (resource: Resource, events: readonly FoldedEvent[]): TagEvent[] =>
    isEcho(change, resource, events) ? [] : observeTags(stream, change)(resource, events);

const isEcho = (
  { at, set, removed }: TagChange,
  resource: Resource,
  events: readonly FoldedEvent[],
): boolean => {
  if (removed.length > 0) return false;
  const latest = Date.parse(at) - ECHO_WITHIN_MS;
  const own = new Set(
    [
      ...resource.requests.filter(isOpen).flatMap(({ pending }) => pending),
      ...events.flatMap(({ event }) =>
        event.type === 'TagApplied' && Date.parse(event.effectiveAt) >= latest ? event.tags : [],
      ),
    ].map(textOf),
  );
  return set.every((tag) => own.has(textOf(tag)));
};

const textOf = ({ key, value }: Tag): string => JSON.stringify([key, value]);
