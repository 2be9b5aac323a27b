import type { Resource } from '../events/resource.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import type { TagEvent } from '../events/tag-event.ts';
import { decideTagRequest, type TagRequest } from './request-tags.ts';

/**
 * Asks for the tags of a resource that was found in EC2, as a child of the one that the cause made. A resource whose
 * birth is known already has a maker and a request of its own, whatever it looks like in EC2.
 */
export const decideChildRequest =
  (stream: ResourceArn, ask: TagRequest & Required<Pick<TagRequest, 'birth'>>) =>
  (resource: Resource): TagEvent[] =>
    resource.born ? [] : decideTagRequest(stream, ask)(resource);
