import type { Who } from '../../events/tag-event.ts';
import { responseBody } from '../body/bodies.ts';
import { isBody, memberOf } from '../body/walk.ts';
import type { CloudTrailRecord } from '../record.ts';
import { confidenceOf } from './confidence.ts';

/** The AWS STS operations that start a role session. */
export const ASSUMPTIONS: ReadonlySet<string> = new Set([
  'AssumeRole',
  'AssumeRoleWithSAML',
  'AssumeRoleWithWebIdentity',
]);

/**
 * The access key id of the session that a role assumption started; undefined for every other record.
 * Source: IAM user guide, "Logging IAM and AWS STS API calls with AWS CloudTrail".
 */
export const issuedKeyOf = (record: CloudTrailRecord): string | undefined => {
  const { errorCode, eventName, eventSource } = record;
  if (errorCode || eventSource !== 'sts.amazonaws.com' || !ASSUMPTIONS.has(eventName)) return undefined;
  const credentials = memberOf(responseBody(record) ?? {}, 'credentials');
  const key = isBody(credentials) ? memberOf(credentials, 'accessKeyId') : undefined;
  return typeof key === 'string' && key !== '' ? key : undefined;
};

/** The access key id of the role session that made the call; undefined if no role session did. */
export const sessionKeyOf = ({ userIdentity }: CloudTrailRecord): string | undefined =>
  (userIdentity?.type === 'AssumedRole' && userIdentity.accessKeyId) || undefined;

/**
 * Whether a session is to be attributed to the person who assumed its role. It is not if the record names a
 * person, who then is the actor, nor if another account acted with the session.
 */
export const isNameless = (session: Who): boolean => {
  const confidence = confidenceOf(session);
  return confidence !== 'person' && confidence !== 'account';
};

/** The person who assumed a role or federated a user, as the actor in that session. */
export const assumedBy = ({ name, arn, kind }: Who, { arn: session, ip }: Who): Who => ({
  name,
  ...(arn && { arn }),
  kind,
  ...(session && { via: session }),
  found: 'assumed-by',
  ...(ip && { ip }),
});
