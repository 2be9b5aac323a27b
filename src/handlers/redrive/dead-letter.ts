import type { DynamoDBStreamEvent } from 'aws-lambda';
import * as v from 'valibot';
import { idFrom } from '../../events/hash-chain.ts';
import { InvalidInputError } from '../../shared/errors.ts';
import { instantOf } from '../../shared/time.ts';
import type { FeedBatch } from '../runtime/feed-batch.ts';
import { fromLambda } from '../runtime/lambda-feed.ts';

/** The functions behind the change feed. */
export const CONSUMERS = ['apply', 'project'] as const;
export type Consumer = (typeof CONSUMERS)[number];

/** A message of a failure destination. */
export interface DeadLetterMessage {
  /** By which its queue, or a person, knows it. */
  readonly id: string;
  readonly body: string;
  /** The invocation's id, where the queue tells it beside the body. */
  readonly requestId?: string;
}

/**
 * What was given up. `input`: something that came to the front door. `records`: a batch of the change feed, with its
 * records. `window`: a batch of which only the time is told, when its records came into the change feed.
 */
export type DeadLetter =
  | { readonly kind: 'input'; readonly input: unknown; readonly invocationId: string }
  | {
      readonly kind: 'records';
      readonly consumers: readonly Consumer[];
      readonly batch: FeedBatch;
    }
  | {
      readonly kind: 'window';
      readonly consumers: readonly Consumer[];
      /** ISO 8601, in milliseconds. */
      readonly from: string;
      readonly to: string;
    };

/** A moment, in ms since the epoch. */
const Instant = v.pipe(
  v.string(),
  v.transform((text) => Date.parse(instantOf(text) ?? '')),
  v.number('expected a time'),
);

/** Lambda Developer Guide, "Retain discarded records for a DynamoDB event source". */
const StreamBatchSchema = v.object({
  requestContext: v.object({ functionArn: v.string() }),
  DDBStreamBatchInfo: v.object({
    approximateArrivalOfFirstRecord: Instant,
    approximateArrivalOfLastRecord: Instant,
  }),
  /** The whole batch, which only a bucket is given: as a text, or as what it says. */
  payload: v.optional(v.unknown()),
});

const PayloadSchema = v.object({
  Records: v.array(v.looseObject({ dynamodb: v.looseObject({ SequenceNumber: v.string() }) })),
});

/** Lambda Developer Guide, "Capturing records of Lambda asynchronous invocations". */
const InvocationSchema = v.object({
  requestContext: v.object({ requestId: v.string() }),
  requestPayload: v.unknown(),
});

/**
 * Reads a message of a failure destination: Lambda's record of a batch of the change feed, with or without its
 * records; Lambda's record of an asynchronous invocation; or, as a dead-letter queue of Lambda or EventBridge has it,
 * the very event. Throws an `InvalidInputError` for what is not JSON, or begins as one of the records and is none.
 */
export const parseDeadLetter = ({ body, requestId }: DeadLetterMessage): DeadLetter => {
  const json = jsonOf(body, 'a message');
  if (has(json, 'DDBStreamBatchInfo')) return streamBatch(json);
  if (has(json, 'requestPayload')) {
    const { requestContext, requestPayload } = parsed(InvocationSchema, json, 'an invocation record');
    return { kind: 'input', input: requestPayload, invocationId: requestContext.requestId };
  }
  return { kind: 'input', input: json, invocationId: requestId ?? idFrom('redrive', body) };
};

const streamBatch = (json: object): DeadLetter => {
  const {
    requestContext: { functionArn },
    DDBStreamBatchInfo: info,
    payload,
  } = parsed(StreamBatchSchema, json, 'the record of a stream batch');
  const consumers = consumersOf(functionArn);
  if (payload !== undefined) {
    const whole = typeof payload === 'string' ? jsonOf(payload, 'a payload') : payload;
    const event = parsed(PayloadSchema, whole, 'the payload of a stream batch') as DynamoDBStreamEvent;
    return { kind: 'records', consumers, batch: fromLambda(event) };
  }
  const { approximateArrivalOfFirstRecord: first, approximateArrivalOfLastRecord: last } = info;
  return {
    kind: 'window',
    consumers,
    from: new Date(Math.min(first, last) - MARGIN_MS).toISOString(),
    to: new Date(Math.max(first, last) + MARGIN_MS).toISOString(),
  };
};

/**
 * By how much more than the times of arrival say a window is: they are approximate, in whole seconds, and by another
 * clock than `recordedAt`. What it takes in too much has been handled, and costs a look.
 */
const MARGIN_MS = 5 * 60 * 1000;

/** The consumer that a function's name tells, or both where it tells none: each leaves alone what is done. */
const consumersOf = (functionArn: string): readonly Consumer[] => {
  const [, , , , , , name = ''] = functionArn.split(':');
  const told = CONSUMERS.filter((consumer) => name.toLowerCase().includes(consumer));
  return told.length === 1 ? told : CONSUMERS;
};

const has = (json: unknown, member: string): json is object =>
  typeof json === 'object' && json !== null && member in json;

/** Without the parser's own words: they quote the text, which may hold tag values. */
const jsonOf = (text: string, what: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidInputError(
      `got ${what} that is not JSON, expected what Lambda or EventBridge writes to a failure destination: look at it by hand`,
    );
  }
};

const parsed = <T>(schema: v.GenericSchema<unknown, T>, json: unknown, what: string): T => {
  const result = v.safeParse(schema, json);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new InvalidInputError(
    `got ${what} with a wrong ${v.getDotPath(issue) ?? 'form'}, expected what Lambda writes to a failure destination: look at it by hand`,
  );
};
