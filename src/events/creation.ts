import type { TagEvent, TagObserved, TagRequested } from './tag-event.ts';

/** An event that says that its cause made the resource. */
export type CreationEvent = TagRequested | TagObserved;

/** Whether an event is its resource's birth; a later attempt of the request that was made at birth is not. */
export const isCreation = (event: TagEvent): event is CreationEvent =>
  event.type === 'TagRequested'
    ? event.birth !== undefined && event.attempt === 1
    : event.type === 'TagObserved' && event.how === 'birth';
