import { isBody } from './body/walk.ts';

/** What CloudTrail writes beside the records of calls. Nothing is created, tagged or ended by it. */
export interface NoCall {
  readonly name: string;
  readonly reason: string;
}

const INSIGHT: NoCall = {
  name: 'Insights event',
  reason: 'it says that calls were unusually many or few, and is no call itself',
};
const DIGEST: NoCall = {
  name: 'digest file',
  reason: 'it has the hashes of log files, and no record of a call',
};

/**
 * What an input is, if it is no record of a call: an Insights event or a digest file. Source: AWS CloudTrail user guide,
 * "CloudTrail record contents for Insights events" and "CloudTrail digest file structure".
 */
export const noCallIn = (input: unknown): NoCall | undefined => {
  if (!isBody(input)) return undefined;
  if (input.eventType === 'AwsCloudTrailInsight' && isBody(input.insightDetails)) return INSIGHT;
  const isDigest =
    typeof input.digestStartTime === 'string' &&
    typeof input.digestEndTime === 'string' &&
    Array.isArray(input.logFiles);
  return isDigest ? DIGEST : undefined;
};
