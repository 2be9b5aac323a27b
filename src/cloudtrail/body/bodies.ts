import type { CloudTrailRecord } from '../record.ts';
import { type FoundValue, find, isBody, type JsonBody } from './walk.ts';

/**
 * The response without its wrapper. EC2 API operations since 2015 are recorded as the XML response converted
 * to JSON, in one member `<eventName>Response`; older ones are plain. The record itself shows which.
 */
export const responseBody = ({ eventName, responseElements }: CloudTrailRecord): JsonBody | undefined => {
  if (!isBody(responseElements)) return undefined;
  const wrapper = `${eventName}Response`;
  const body = Object.hasOwn(responseElements, wrapper) ? responseElements[wrapper] : responseElements;
  return isBody(body) ? body : undefined;
};

/**
 * The request itself and, if it has exactly one object member, that object, which may be the content of a
 * wrapper. The wrapper's name cannot be derived from the operation's (`DelTGwVpcAttachReq`), and a plain
 * request may also have only one object, so try both in turn.
 */
export const requestBodies = ({ requestParameters }: CloudTrailRecord): readonly JsonBody[] => {
  if (!isBody(requestParameters)) return [];
  const objects = Object.values(requestParameters).filter(isBody);
  return [requestParameters, ...(objects.length === 1 ? objects : [])];
};

/** What a path finds in the request itself, or else in its wrapper. */
export const findInRequest = (record: CloudTrailRecord, path: string): readonly FoundValue[] =>
  requestBodies(record)
    .map((body) => find(body, path))
    .find((found) => found.length > 0) ?? [];
