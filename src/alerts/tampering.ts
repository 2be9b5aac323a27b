import { isDeepStrictEqual } from 'node:util';
import type { _Record as StreamRecord } from '@aws-sdk/client-dynamodb-streams';

/**
 * An event of the ledger that was changed or removed, as the change feed shows it. It has the values of no
 * other attributes than these.
 */
export interface Tampering {
  readonly stream: string;
  /** The event's seq as DynamoDB writes it, such as `3`. */
  readonly seq: string;
  readonly what: 'changed' | 'removed';
  /** Approximate time, ISO 8601; DynamoDB rounds to the second. */
  readonly at?: string;
  readonly before: Face;
  /** Absent if the event was removed. */
  readonly after?: Face;
  /** The names of the attributes that differ, sorted; empty if the event was removed. */
  readonly differs: readonly string[];
  /** Who did it, if DynamoDB says so: it names only itself, for what its time to live removed. */
  readonly by?: string;
}

/** The parts of an event that identify it without its content. */
interface Face {
  readonly type: string;
  readonly eventId: string;
  /** In hex digits. */
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
