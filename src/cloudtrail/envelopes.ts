import { InvalidInputError } from '../shared/errors.ts';
import { shown } from '../shared/text.ts';
import { isBody, type JsonBody } from './body/walk.ts';
import { API_CALL } from './record.ts';

/** EventBridge in SNS in SQS makes 4 wrappers with the list around them; more than 8 mean a loop. */
const MAX_WRAPPERS = 8;
/** EventBridge, Lambda, SNS and SQS accept at most 1 MB. */
const MAX_TEXT = 1024 * 1024;
const MAX_RECORDS = 100_000;

/** A value from a wrapper, and its path in the input. */
interface Inner {
  readonly value: unknown;
  readonly where: string;
}

/**
 * Removes the envelopes that services put around records, and returns their contents in order:
 * - an EventBridge event that carries a CloudTrail record;
 * - a CloudTrail log file, `{Records: [...]}`;
 * - the output of LookupEvents, `{Events: [{CloudTrailEvent: "<JSON>"}]}`, or one of its events;
 * - a Lambda event of SNS (`Records[].Sns.Message`) or SQS (`Records[].body`), and SNS's own notification
 *   (`{Type: 'Notification', Message}`) as HTTP endpoints and queues receive it; these may be nested.
 *
 * Every other value is returned unchanged for its reader to judge: a CloudTrail record, EventBridge's
 * `Tag Change on Resource`, or something unusable. Throws only {@link InvalidInputError}: if a wrapper does
 * not hold JSON, if there are too many wrappers or too much in them, and for a notice of another service (S3,
 * DynamoDB, Kinesis...) that points at data instead of carrying it.
 */
export const unwrapEnvelopes = (input: unknown): unknown[] => {
  let inside: Inner[] = [{ value: input, where: '' }];
  for (let wrappers = 0; wrappers <= MAX_WRAPPERS; wrappers += 1) {
    let isOpen = true;
    const next: Inner[] = [];
    for (const inner of inside) {
      const opened = unwrapped(inner);
      if (opened) isOpen = false;
      for (const one of opened ?? [inner]) next.push(one);
    }
    if (next.length > MAX_RECORDS) {
      throw new InvalidInputError(
        `got ${next.length} records in one input, expected at most ${MAX_RECORDS}: give them in parts`,
      );
    }
    if (isOpen) return next.map(({ value }) => value);
    inside = next;
  }
  throw new InvalidInputError(
    `got a record in more than ${MAX_WRAPPERS} wrappers, expected one of CloudTrail, EventBridge, SNS, SQS or LookupEvents, or a few of them in each other: look for a loop in what sends it`,
  );
};

/** Removes one wrapper; undefined if the value has none. */
const unwrapped = ({ value, where }: Inner): readonly Inner[] | undefined => {
  if (!isBody(value) || isRecord(value)) return undefined;
  const inner = (name: string, member: unknown): Inner => ({ value: member, where: at(where, name) });
  const json = (name: string, text: unknown): readonly Inner[] => [
    { value: parsed(text, at(where, name)), where: at(where, name) },
  ];
  if ('detail-type' in value)
    return value['detail-type'] === API_CALL ? [inner('detail', value.detail)] : undefined;
  for (const list of ['Records', 'Events']) {
    const items = value[list];
    if (Array.isArray(items)) return items.map((item, i) => inner(`${list}[${i}]`, item));
  }
  if (Object.hasOwn(value, 'CloudTrailEvent')) return json('CloudTrailEvent', value.CloudTrailEvent);
  if (value.Type === 'Notification') return json('Message', value.Message);
  if (isBody(value.Sns)) return json('Sns.Message', value.Sns.Message);
  if (value.eventSource === 'aws:sqs') return json('body', value.body);
  return undefined;
};

/**
 * Whether a body is a CloudTrail record. A record is never unwrapped, because its members hold what callers
 * wrote. Notices of other services look similar and throw an {@link InvalidInputError}.
 */
const isRecord = (body: JsonBody): boolean => {
  const { eventName, eventSource } = body;
  if (typeof eventSource !== 'string' || eventSource === 'aws:sqs') return false;
  if (eventSource.startsWith('aws:')) {
    throw new InvalidInputError(
      `got a notice of ${shown(eventSource)}, expected CloudTrail records or EventBridge events: ${'s3' in body ? 'read the log file that it names, and give its content' : 'connect the function to EventBridge, SNS or SQS'}`,
    );
  }
  return typeof eventName === 'string';
};

const parsed = (text: unknown, where: string): unknown => {
  const problem = (got: string, expected: string, cause?: unknown) =>
    new InvalidInputError(
      `got ${got} as ${where}, expected ${expected}: check what sends it`,
      cause ? { cause } : undefined,
    );
  if (typeof text !== 'string') throw problem(shown(text), 'the JSON text of an event');
  if (text.length > MAX_TEXT) throw problem(`${text.length} characters`, `at most ${MAX_TEXT}, as AWS sends`);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw problem(shown(text), 'the JSON text of an event', error);
  }
};

const at = (where: string, name: string): string => (where ? `${where}.${name}` : name);
