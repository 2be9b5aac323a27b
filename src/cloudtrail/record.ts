import * as v from 'valibot';
import { InvalidInputError } from '../shared/errors.ts';
import { shown } from '../shared/text.ts';
import { instantOf } from '../shared/time.ts';

// Every message is the `expected` part of parseRecord's sentence.
const someText = v.nullish(v.string('a text'));
const accountId = v.nullish(v.union([v.string(), v.number()], 'an account id'));
/** An object that only adds to what is known: in another shape it counts as absent, and the record still counts. */
const detail = <Members extends v.ObjectEntries>(members: Members) =>
  v.optional(v.fallback(v.nullish(v.looseObject(members)), undefined));
const text = v.pipe(
  v.string('a text'),
  v.nonEmpty('a text that is not empty'),
  v.check((value) => value.isWellFormed(), 'a well-formed text'),
);
/** What answers and logs repeat. */
const name = v.pipe(text, v.maxLength(256, 'a text of at most 256 characters'));

/**
 * A CloudTrail record: what tagledger leans on, and whatever else it holds, untouched. Required is only what
 * was called: `eventName` and `eventSource`. All else is missing or null in records that people keep; what is
 * wanted to write a fact is asked for where a record would become one.
 * Source: AWS CloudTrail user guide, "CloudTrail record contents".
 */
export const RecordSchema = v.looseObject(
  {
    /** CloudTrail's own id of what happened, by which a redelivery is known. */
    eventID: v.nullish(text),
    eventName: name,
    eventSource: name,
    /** As ISO 8601, UTC, milliseconds, however it was written. */
    eventTime: v.nullish(
      v.pipe(
        v.string('a text'),
        v.rawTransform(({ dataset, addIssue, NEVER }) => {
          const instant = instantOf(dataset.value);
          if (instant !== undefined) return instant;
          addIssue({ message: 'a real moment like 2026-03-31T23:59:00Z' });
          return NEVER;
        }),
      ),
    ),
    awsRegion: v.nullish(text),
    recipientAccountId: accountId,
    userIdentity: v.nullish(
      v.looseObject(
        {
          type: someText,
          userName: someText,
          arn: someText,
          principalId: someText,
          accountId,
          invokedBy: someText,
          /** By which a role session is known; it is no secret, and is kept nowhere. */
          accessKeyId: someText,
          sessionContext: v.nullish(
            v.looseObject(
              { sourceIdentity: someText, sessionIssuer: detail({ userName: someText, arn: someText }) },
              'an object',
            ),
          ),
          /** The person for whom a call was made with an access token of IAM Identity Center. */
          onBehalfOf: detail({ userId: someText, identityStoreArn: someText }),
          /** A product provider with temporary delegated access. */
          invokedByDelegate: detail({ accountId }),
        },
        'an object',
      ),
    ),
    /** Set when the call failed. */
    errorCode: someText,
    /** Null, an empty text or an object; its shape depends on the operation. */
    requestParameters: v.optional(v.unknown()),
    responseElements: v.optional(v.unknown()),
    sourceIPAddress: someText,
    /** The service's own id of the request, which it also gave to the caller. */
    requestID: someText,
    /** The same for one act that is reported to several accounts. */
    sharedEventID: v.optional(v.fallback(v.nullish(text), undefined)),
  },
  ({ path }) => (path ? 'a record that has one' : 'a CloudTrail record'),
);
export type CloudTrailRecord = v.InferOutput<typeof RecordSchema>;

/**
 * The id of what happened. One act that CloudTrail reports to several accounts has another eventID in each, and one
 * sharedEventID: then that, so that an act is one cause however many accounts deliver it to the ledger.
 */
export const causeIdOf = ({ sharedEventID, eventID }: CloudTrailRecord): string | undefined =>
  sharedEventID ?? eventID ?? undefined;

/** The detail-type of an EventBridge event that carries a CloudTrail record. */
export const API_CALL = 'AWS API Call via CloudTrail';
const DO = 'give one CloudTrail record, or the EventBridge event that carries it in its detail';

/**
 * Reads a bare CloudTrail record, or the one in an EventBridge event of the detail-type
 * `AWS API Call via CloudTrail`. Throws an {@link InvalidInputError} for anything else.
 */
export const parseRecord = (input: unknown): CloudTrailRecord => {
  const parsed = v.safeParse(RecordSchema, unwrapped(input));
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const where = v.getDotPath(issue);
  throw new InvalidInputError(
    `got ${shown(issue.input)}${where ? ` as ${where}` : ''}, expected ${issue.message}: ${DO}`,
  );
};

const unwrapped = (input: unknown): unknown => {
  if (typeof input !== 'object' || input === null || !('detail-type' in input)) return input;
  const type = input['detail-type'];
  if (type === API_CALL) return 'detail' in input ? input.detail : undefined;
  throw new InvalidInputError(
    `got an EventBridge event of the detail-type ${shown(type)}, expected ${JSON.stringify(API_CALL)}: ${DO}`,
  );
};

export { shown } from '../shared/text.ts';
