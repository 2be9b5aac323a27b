import type { Resource } from '../events/resource.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import { sortedTags, type Tag } from '../events/tag.ts';
import {
  type Cause,
  eventIdOf,
  SCHEMA_VERSION,
  type TagEvent,
  type TagNote,
  type TagObserved,
  type TagRequested,
  type Who,
} from '../events/tag-event.ts';

/** That these tags be put on a resource, because of `cause`. */
export interface Ask {
  readonly cause: Cause;
  readonly who: Who;
  /** When the cause happened, ISO 8601 UTC with milliseconds. */
  readonly at: string;
  readonly tags: readonly Tag[];
  /** The keys among `tags` that may replace a value which tagledger did not set. */
  readonly overwrite: readonly string[];
  /** Id of the rule set that gave the tags; absent when the caller named them. */
  readonly rules?: string;
  readonly notes: readonly TagNote[];
  /** There when the cause created the resource: the tags that it bore from its first moment. */
  readonly birth?: { readonly tags: readonly Tag[] };
}

/** The eventId of what an ask records, be it a request or only the birth. */
export const askEventId = (stream: ResourceArn, cause: Cause): string => eventIdOf('ask', stream, cause.id);

/**
 * Asks for the tags that the resource lacks. A key that somebody else set is kept unless the ask may overwrite
 * it. When nothing is left to ask for, a birth is recorded as observed and anything else not at all.
 */
export const requestTags =
  (stream: ResourceArn, ask: Ask) =>
  (resource: Resource): TagEvent[] => {
    const eventId = askEventId(stream, ask.cause);
    if (resource.seen.includes(eventId)) return [];

    const { tags, kept } = lacking(resource, ask);
    const notes = [...ask.notes.filter((note) => !kept.some(({ key }) => key === note.key)), ...kept];
    const common = {
      schemaVersion: SCHEMA_VERSION,
      eventId,
      effectiveAt: ask.at,
      cause: ask.cause,
      who: ask.who,
      ...(notes.length > 0 && { notes }),
    } as const;

    if (tags.length > 0 && !resource.retired) {
      const overwrite = ask.overwrite.filter((key) => tags.some((tag) => tag.key === key));
      const requested: TagRequested = {
        ...common,
        type: 'TagRequested',
        ...(ask.rules && { rules: ask.rules }),
        tags,
        ...(overwrite.length > 0 && { overwrite }),
        ...(ask.birth && { birth: { tags: sortedTags(ask.birth.tags) } }),
        attempt: 1,
      };
      return [requested];
    }
    if (!ask.birth) return [];
    const observed: TagObserved = {
      ...common,
      type: 'TagObserved',
      how: 'birth',
      set: sortedTags(ask.birth.tags),
      removed: [],
    };
    return [observed];
  };

const lacking = (resource: Resource, ask: Ask): { tags: Tag[]; kept: TagNote[] } => {
  const others = new Map<string, string>();
  const ours = new Map<string, string>();
  for (const { key, value } of ask.birth?.tags ?? []) others.set(key, value);
  for (const { key, value, ours: isOurs } of resource.tags) {
    if (value === null) others.delete(key);
    else (isOurs ? ours : others).set(key, value);
  }
  const tags: Tag[] = [];
  const kept: TagNote[] = [];
  for (const tag of sortedTags(ask.tags)) {
    if ((others.get(tag.key) ?? ours.get(tag.key)) === tag.value) continue;
    if (others.has(tag.key) && !ask.overwrite.includes(tag.key)) kept.push({ key: tag.key, note: 'kept' });
    else tags.push(tag);
  }
  return { tags, kept };
};
