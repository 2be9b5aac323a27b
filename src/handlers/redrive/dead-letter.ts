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
  /** The id by which its queue, or a person, identifies it. */
  readonly id: string;
  readonly body: string;
  /** The invocation's id, if the queue carries it beside the body. */
  readonly requestId?: string;
}

/**
 * An input or batch that was given up. `input`: an input of the intake. `records`: a batch of the change feed
 * with its records. `window`: a batch without its records, known only by the time when they entered the
 * change feed.
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

/** A time as text, parsed to ms since the epoch. */
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
  /** The whole batch, as text or as parsed JSON. Only a bucket destination receives it. */
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
 * Parses a message of a failure destination: Lambda's record of a change feed batch, with or without its
 * records; Lambda's record of an asynchronous invocation; or the bare event, as a dead-letter queue of Lambda
 * or EventBridge holds it. Throws an `InvalidInputError` if the text is not JSON, or looks like one of these
 * records but is malformed.
 */
export const parseDeadLetter = ({ body, requestId }: DeadLetterMessage): DeadLetter => {
  const json = jsonOf(body, 'The message');
  if (has(json, 'DDBStreamBatchInfo')) return streamBatch(json);
  if (has(json, 'requestPayload')) {
    const { requestContext, requestPayload } = parsed(InvocationSchema, json, 'The invocation record');
    return { kind: 'input', input: requestPayload, invocationId: requestContext.requestId };
  }
  return { kind: 'input', input: json, invocationId: requestId ?? idFrom('redrive', body) };
};

const streamBatch = (json: object): DeadLetter => {
  const {
    requestContext: { functionArn },
    DDBStreamBatchInfo: info,
    payload,
  } = parsed(StreamBatchSchema, json, 'The record of a stream batch');
  const consumers = consumersOf(functionArn);
  if (payload !== undefined) {
    const whole = typeof payload === 'string' ? jsonOf(payload, 'The payload') : payload;
    const event = parsed(PayloadSchema, whole, 'The payload of a stream batch') as DynamoDBStreamEvent;
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
 * How far a window extends beyond the arrival times. They are approximate, in whole seconds, and from another
 * clock than `recordedAt`. The extra events were already handled and cost only a read.
 */
const MARGIN_MS = 5 * 60 * 1000;

/**
 * The consumer that the function's name contains, or both if that is not clear. Each consumer skips what is
 * already done.
 */
const consumersOf = (functionArn: string): readonly Consumer[] => {
  const [, , , , , , name = ''] = functionArn.split(':');
  const told = CONSUMERS.filter((consumer) => name.toLowerCase().includes(consumer));
  return told.length === 1 ? told : CONSUMERS;
};

const has = (json: unknown, member: string): json is object =>
  typeof json === 'object' && json !== null && member in json;

/** Leaves out the parser's message, which quotes the text and could reveal tag values. */
const jsonOf = (text: string, what: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidInputError(
      `${what} is not JSON, so neither Lambda nor EventBridge wrote it to a failure destination. Look at it by hand.`,
    );
  }
};

const parsed = <T>(schema: v.GenericSchema<unknown, T>, json: unknown, what: string): T => {
  const result = v.safeParse(schema, json);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new InvalidInputError(
    `${what} has a wrong ${v.getDotPath(issue) ?? 'form'}, so it is not what Lambda writes to a failure destination. Look at it by hand.`,
  );
};
