import type { CloudTrailRecord } from '../record.ts';
import { type FoundValue, find, isBody, type JsonBody } from './walk.ts';

/**
 * The response without its wrapper. Operations of the EC2 API since 2015 are recorded as the XML answer turned
 * into JSON, in one member `<eventName>Response`; older ones are plain. The record itself says which.
 */
export const responseBody = ({ eventName, responseElements }: CloudTrailRecord): JsonBody | undefined => {
  if (!isBody(responseElements)) return undefined;
  const wrapper = `${eventName}Response`;
  const body = Object.hasOwn(responseElements, wrapper) ? responseElements[wrapper] : responseElements;
  return isBody(body) ? body : undefined;
};

/**
 * The request as it stands and, where it may be wrapped, what the wrapper holds. The wrapper's name cannot be
 * told from the operation's (`DelTGwVpcAttachReq`), and a plain request may have but one object too: try
 * them in turn.
 */
export const requestBodies = ({ requestParameters }: CloudTrailRecord): readonly JsonBody[] => {
  if (!isBody(requestParameters)) return [];
  const objects = Object.values(requestParameters).filter(isBody);
  return [requestParameters, ...(objects.length === 1 ? objects : [])];
};

/** What a path finds in the request: as it stands, else in its wrapper. */
export const findInRequest = (record: CloudTrailRecord, path: string): readonly FoundValue[] =>
  requestBodies(record)
    .map((body) => find(body, path))
    .find((found) => found.length > 0) ?? [];
