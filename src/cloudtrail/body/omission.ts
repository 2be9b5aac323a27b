import type { CloudTrailRecord } from '../record.ts';
import { requestBodies, responseBody } from './bodies.ts';
import { isBody, memberOf, scalarOf } from './walk.ts';

/** What CloudTrail omitted from a record because it was too long. */
export interface Omission {
  /** The record without the remains of truncated bodies, because half a list would mislead. */
  readonly rest: CloudTrailRecord;
  readonly isRequestCut: boolean;
  readonly hints: Hints;
  /** A sentence that names the operation and the hints. */
  readonly reason: string;
}

/** Values by which EC2 can be asked instead: DescribeInstances accepts both as filters. */
export interface Hints {
  readonly clientToken?: string;
  readonly reservation?: string;
}

const BODIES = ['requestParameters', 'responseElements'] as const;

/**
 * Finds what CloudTrail omitted from a record, if the record says so. A body of more than 100 KB is truncated
 * or left out, and `omitted` is set to true. Its place is not documented: it may be in the body, also in
 * nested objects, or in the record itself, where it may refer to other members than these two bodies.
 * Source: AWS CloudTrail user guide, "CloudTrail record contents".
 */
export const omissionIn = (record: CloudTrailRecord): Omission | undefined => {
  const cut = BODIES.filter((name) => isMarked(record[name]));
  if (cut.length === 0 && !saysOmitted(record)) return undefined;
  const what = cut.length > 0 ? cut.join(' and ') : 'a part';
  const hints = hintsOf(record);
  const { clientToken, reservation } = hints;
  const help = [
    ...(clientToken ? [`client token ${clientToken}`] : []),
    ...(reservation ? [`reservation ${reservation}`] : []),
  ].join(', ');
  return {
    rest: { ...record, ...Object.fromEntries(cut.map((name) => [name, null])) },
    isRequestCut: cut.includes('requestParameters'),
    hints,
    reason: `CloudTrail left out ${what} of ${record.eventName}, which was over its size limit${help ? ` (${help})` : ''}`,
  };
};

const saysOmitted = (body: Readonly<Record<string, unknown>>): boolean =>
  body.omitted === true || body.omitted === 'true';

/** Lists are not searched, because they hold what callers wrote. */
const isMarked = (body: unknown, depth = 3): boolean =>
  isBody(body) &&
  (saysOmitted(body) || (depth > 0 && Object.values(body).some((member) => isMarked(member, depth - 1))));

const hintsOf = (record: CloudTrailRecord): Hints => {
  const clientToken = requestBodies(record)
    .map((body) => plainText(memberOf(body, 'clientToken')))
    .find(Boolean);
  const reservation = plainText(memberOf(responseBody(record) ?? {}, 'reservationId'));
  return { ...(clientToken && { clientToken }), ...(reservation && { reservation }) };
};

/** Client tokens have at most 64 ASCII characters (EC2 API reference, "Ensuring idempotency"). */
const plainText = (value: unknown): string | undefined => {
  const scalar = scalarOf(value);
  return typeof scalar === 'string' && /^[\x21-\x7e]{1,64}$/.test(scalar) ? scalar : undefined;
};
