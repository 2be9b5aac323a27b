import type { FoldedEvent } from '../events/fold/act.ts';
import type { Resource } from '../events/resource.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import type { TagEvent } from '../events/tag-event.ts';
import { decideTagRequest, type TagRequest } from './request-tags.ts';

/**
 * Requests the tags of a resource that was found in EC2 as a child of the one that the cause
 * created. A resource whose creation is already known has its own creator and request, whatever
 * EC2 shows, so it gets none here.
 */
export const decideChildRequest =
  (stream: ResourceArn, ask: TagRequest & Required<Pick<TagRequest, 'birth'>>) =>
  (resource: Resource, events: readonly FoldedEvent[]): TagEvent[] =>
    resource.born ? [] : decideTagRequest(stream, ask)(resource, events);
