import { isDeepStrictEqual } from 'node:util';
import type { _Record as StreamRecord } from '@aws-sdk/client-dynamodb-streams';

/** An event of the ledger that was changed or removed, as the change feed tells it; no attribute's value but these. */
export interface Tampering {
  readonly stream: string;
  /** The event's place as DynamoDB writes it, such as `3`. */
  readonly seq: string;
  readonly what: 'changed' | 'removed';
  /** About when, ISO 8601; DynamoDB rounds to the second. */
  readonly at?: string;
  readonly before: Face;
  /** Absent when it was removed. */
  readonly after?: Face;
  /** The names of the attributes that differ, sorted; empty when it was removed. */
  readonly differs: readonly string[];
  /** Who did it, where DynamoDB says so: it names itself for what its time to live removed, and nobody else. */
  readonly by?: string;
}

/** What an event shows of itself without its content. */
interface Face {
  readonly type: string;
  readonly eventId: string;
  /** Hex digits. */
  readonly hash: string;
}

type Image = Readonly<NonNullable<NonNullable<StreamRecord['dynamodb']>['NewImage']>>;

/**
 * Reads a MODIFY or REMOVE record in the SDK's form, whatever is in its images: what is missing is shown as `unknown`.
 * Incidents take their ids from the JSON of this, so the order of its members is part of the format.
 */
export const tamperingOf = ({ eventName, dynamodb = {}, userIdentity }: StreamRecord): Tampering => {
  const { Keys, OldImage = {}, NewImage = {}, ApproximateCreationDateTime: at } = dynamodb;
  const removed = eventName === 'REMOVE';
  const by = userIdentity?.PrincipalId;
  return {
    stream: Keys?.stream?.S ?? UNKNOWN,
    seq: Keys?.seq?.N ?? UNKNOWN,
    what: removed ? 'removed' : 'changed',
    ...(at && { at: new Date(Math.floor(at.getTime() / 1000) * 1000).toISOString() }),
    before: faceOf(OldImage),
    ...(!removed && { after: faceOf(NewImage) }),
    differs: removed ? [] : differing(OldImage, NewImage),
    ...(by !== undefined && { by }),
  };
};

const UNKNOWN = 'unknown';

const faceOf = ({ type, eventId, hash }: Image): Face => ({
  type: type?.S ?? UNKNOWN,
  eventId: eventId?.S ?? UNKNOWN,
  hash: hash?.B === undefined ? UNKNOWN : Buffer.from(hash.B).toString('hex'),
});

const differing = (before: Image, after: Image): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => !isDeepStrictEqual(before[name], after[name]))
    .sort();
