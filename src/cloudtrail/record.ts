import * as v from 'valibot';
import { InvalidInputError } from '../shared/errors.ts';
import { shown } from '../shared/text.ts';
import { instantOf } from '../shared/time.ts';
import { memberProblem } from './member-problem.ts';

// Each message says what a member must be, for `memberProblem`.
const someText = v.nullish(v.string('a text'));
const accountId = v.nullish(v.union([v.string(), v.number()], 'an account id'));
/** An optional detail: in an unexpected shape it counts as absent, and the record stays valid. */
const detail = <Members extends v.ObjectEntries>(members: Members) =>
  v.optional(v.fallback(v.nullish(v.looseObject(members)), undefined));
const text = v.pipe(
  v.string('a text'),
  v.nonEmpty('a text that is not empty'),
  v.check((value) => value.isWellFormed(), 'a well-formed text'),
);
/** A name that answers and logs repeat, so its length is limited. */
const name = v.pipe(text, v.maxLength(256, 'a text of at most 256 characters'));

/** An object that is given as JSON text, as tables of Athena hold it, is read. Any other text stays as it is. */
const fromText = (value: unknown): unknown => {
  if (typeof value !== 'string' || !/^\s*\{/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value; // It is judged like any other body in which nothing is found.
  }
};
const body = v.optional(v.pipe(v.unknown(), v.transform(fromText)));

/**
 * A CloudTrail record: the members that tagledger uses, and all others unchanged. Only `eventName` and
 * `eventSource` are required. Stored records may lack the others or hold null; `meaningOf` checks for those
 * that an event needs.
 * Source: AWS CloudTrail user guide, "CloudTrail record contents".
 */
const RecordSchema = v.looseObject(
  {
    /** CloudTrail's id of what happened, by which redeliveries are recognised. */
    eventID: v.nullish(text),
    eventName: name,
    eventSource: name,
    /** Converted to ISO 8601 in UTC with milliseconds. */
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
      v.pipe(
        v.unknown(),
        v.transform(fromText),
        v.looseObject(
          {
            type: someText,
            userName: someText,
            arn: someText,
            principalId: someText,
            accountId,
            invokedBy: someText,
            /** Identifies a role session. It is not a secret, and only a digest of it is stored. */
            accessKeyId: someText,
            sessionContext: v.nullish(
              v.looseObject(
                {
                  sourceIdentity: someText,
                  sessionIssuer: detail({ type: someText, userName: someText, arn: someText }),
                },
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
    ),
    /** Set when the call failed. */
    errorCode: someText,
    /** Null, an empty string or an object, whose shape depends on the operation. */
    requestParameters: body,
    responseElements: body,
    /** What a service says of an event without a call. */
    serviceEventDetails: body,
    sourceIPAddress: someText,
    /** The service's own id of the request, which it also returned to the caller. */
    requestID: someText,
    /** The same in every record of one call that is reported to several accounts. */
    sharedEventID: v.optional(v.fallback(v.nullish(text), undefined)),
  },
  'an object',
);
/** A parsed CloudTrail record. */
export type CloudTrailRecord = v.InferOutput<typeof RecordSchema>;

/**
 * The id of the cause. A call that CloudTrail reports to several accounts has a different `eventID` in each
 * record but one `sharedEventID`. The shared one wins, so the call is one cause however many accounts deliver
 * it to the ledger.
 */
export const causeIdOf = ({ sharedEventID, eventID }: CloudTrailRecord): string | undefined =>
  sharedEventID ?? eventID ?? undefined;

/** The detail-type of an EventBridge event that carries a CloudTrail record. */
export const API_CALL = 'AWS API Call via CloudTrail';
/** The detail-type of an EventBridge event that carries CloudTrail's record of what a service did without a call. */
export const SERVICE_EVENT = 'AWS Service Event via CloudTrail';
const DO =
  'Give a CloudTrail log file, one of its records, or an EventBridge event that has one in its detail.';

/**
 * Parses a bare CloudTrail record, or the one in an EventBridge event of the detail-type
 * `AWS API Call via CloudTrail`. Throws an {@link InvalidInputError} for anything else.
 */
export const parseRecord = (input: unknown): CloudTrailRecord => {
  const parsed = v.safeParse(RecordSchema, unwrapped(input));
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new InvalidInputError(`This is not a CloudTrail record: ${memberProblem(issue)}. ${DO}`);
};

const unwrapped = (input: unknown): unknown => {
  if (typeof input !== 'object' || input === null || !('detail-type' in input)) return input;
  const type = input['detail-type'];
  if (type === API_CALL) return 'detail' in input ? input.detail : undefined;
  throw new InvalidInputError(
    `This is an EventBridge event of the detail-type ${shown(type)}, and ${JSON.stringify(API_CALL)} was expected. ${DO}`,
  );
};
