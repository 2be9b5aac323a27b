import type { TagEvent, TagObserved, TagRequested } from './tag-event.ts';

/** An event that records the creation of its resource. */
export type CreationEvent = TagRequested | TagObserved;

/**
 * Whether an event records its resource's creation. A later attempt of the request
 * that the creation caused does not.
 */
export const isCreation = (event: TagEvent): event is CreationEvent =>
  event.type === 'TagRequested'
    ? event.birth !== undefined && event.attempt === 1
    : event.type === 'TagObserved' && event.how === 'birth';
