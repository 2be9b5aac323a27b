import { InvalidInputError } from '../shared/errors.ts';
import { shown } from '../shared/text.ts';
import { isBody, type JsonBody } from './body/walk.ts';
import { decodeLogData } from './log-data.ts';

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
 * - an EventBridge event that carries a CloudTrail record of a call, a service or a sign-in;
 * - a CloudTrail log file, `{Records: [...]}`;
 * - the output of LookupEvents, `{Events: [{CloudTrailEvent: "<JSON>"}]}`, or one of its events;
 * - a Lambda event of SNS (`Records[].Sns.Message`) or SQS (`Records[].body`), and SNS's own notification
 *   (`{Type: 'Notification', Message}`) as HTTP endpoints and queues receive it; these may be nested.
 * - log messages of CloudWatch Logs: of a subscription, as Lambda, Kinesis and Firehose deliver them, the output of
 *   `filter-log-events` and of a Logs Insights query;
 * - the results of a query of CloudTrail Lake that asks for `eventJson`;
 * - the output of `sqs receive-message`, and records that are given as JSON text.
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
        `This input has ${next.length} records, and at most ${MAX_RECORDS} are read at once. Give them in parts.`,
      );
    }
    if (isOpen) return next.map(({ value }) => value);
    inside = next;
  }
  throw new InvalidInputError(
    `This record is inside more than ${MAX_WRAPPERS} wrappers of CloudTrail, EventBridge, SNS, SQS or LookupEvents. Look for a loop in what sends it.`,
  );
};

/** Removes one wrapper; undefined if the value has none. */
const unwrapped = ({ value, where }: Inner): readonly Inner[] | undefined => {
  // `lookup-events --query Events[].CloudTrailEvent` prints records as texts.
  if (typeof value === 'string')
    return /^\s*\{/.test(value) ? [{ value: parsed(value, where), where }] : undefined;
  if (!isBody(value) || isRecord(value)) return undefined;
  for (const open of [openEvent, openList, openText, openData]) {
    const inside = open(value);
    if (inside)
      return inside.map(([name, give]) => ({ value: give(at(where, name)), where: at(where, name) }));
  }
  return undefined;
};

/** What a wrapper holds: the name of each member, and its value, given its path in the input. */
type Opened = readonly (readonly [name: string, give: (where: string) => unknown])[];
type Opener = (body: JsonBody) => Opened | undefined;

/** EventBridge puts records of calls, of services and of sign-ins into events of a detail-type of their own. */
const openEvent: Opener = (body) => {
  const type = body['detail-type'];
  return typeof type === 'string' && type.endsWith(' via CloudTrail')
    ? [['detail', () => body.detail]]
    : undefined;
};

/** The members that hold a list: of a log file or a Lambda event, LookupEvents, `sqs receive-message`, log messages. */
const LISTS = [
  ...(['Records', 'Events', 'Messages', 'logEvents', 'events', 'records', 'results'] as const),
  'QueryResultRows',
] as const;

const openList: Opener = (body) => {
  if ('detail-type' in body) return undefined;
  const list = LISTS.find((name) => Array.isArray(body[name]));
  const items = list && body[list];
  if (!list || !Array.isArray(items)) return undefined;
  // CloudWatch Logs sends one now and then to see whether the other end is there.
  if (body.messageType === 'CONTROL_MESSAGE') return [];
  return items.map((item: unknown, i: number) => [`${list}[${i}]`, () => rowOf(item)] as const);
};

/**
 * A row of a query is a list of fields. The record is the `@message` of Logs Insights, and the `eventJson` of CloudTrail
 * Lake.
 */
const rowOf = (item: unknown): unknown => {
  if (!Array.isArray(item)) return item;
  const fields = item.filter(isBody);
  const message = fields.find(({ field }) => field === '@message');
  return message
    ? message.value
    : (fields.find((field) => Object.hasOwn(field, 'eventJson'))?.eventJson ?? item);
};

/** The members that hold JSON as text, if their neighbours say whose they are. */
const openText: Opener = (body) => {
  const name = textMemberOf(body);
  return name && [[name.join('.'), (where) => parsed(memberAt(body, name), where)]];
};

const textMemberOf = (body: JsonBody): readonly string[] | undefined => {
  if (Object.hasOwn(body, 'CloudTrailEvent')) return ['CloudTrailEvent'];
  if (body.Type === 'Notification') return ['Message'];
  if (isBody(body.Sns)) return ['Sns', 'Message'];
  if (body.eventSource === 'aws:sqs') return ['body'];
  if (typeof body.Body === 'string' && typeof body.MessageId === 'string') return ['Body'];
  return typeof body.message === 'string' && 'timestamp' in body ? ['message'] : undefined;
};

const memberAt = (body: JsonBody, [first = '', second]: readonly string[]): unknown => {
  const member = body[first];
  return second !== undefined && isBody(member) ? member[second] : member;
};

/** The members that hold data in base64: of a Lambda event of CloudWatch Logs, of Kinesis, and of Firehose. */
const openData: Opener = (body) => {
  const { awslogs, kinesis, data, recordId } = body;
  if (isBody(awslogs) && typeof awslogs.data === 'string') return [dataIn('awslogs.data', awslogs.data)];
  if (isBody(kinesis) && typeof kinesis.data === 'string') return [dataIn('kinesis.data', kinesis.data)];
  return typeof data === 'string' && typeof recordId === 'string' ? [dataIn('data', data)] : undefined;
};

const dataIn = (name: string, text: string): Opened[number] => [name, (where) => decodeLogData(text, where)];

/** What Lambda calls the services whose events carry data, and do not only point at it. */
const CARRIERS: readonly string[] = ['aws:sqs', 'aws:kinesis'];

/**
 * Whether a body is a CloudTrail record. A record is never unwrapped, because its members hold what callers
 * wrote. Notices of other services look similar and throw an {@link InvalidInputError}.
 */
const isRecord = (body: JsonBody): boolean => {
  const { eventName, eventSource } = body;
  if (typeof eventSource !== 'string' || CARRIERS.includes(eventSource)) return false;
  if (eventSource.startsWith('aws:')) {
    throw new InvalidInputError(
      `This is a notice of ${shown(eventSource)}, which holds no CloudTrail record. ${'s3' in body ? 'Read the log file that it names, and give its content.' : 'Connect the function to EventBridge, SNS or SQS.'}`,
    );
  }
  return typeof eventName === 'string';
};

const parsed = (text: unknown, where: string): unknown => {
  const problem = (says: string, cause?: unknown) =>
    new InvalidInputError(`${where} ${says}. Check what sends it.`, cause ? { cause } : undefined);
  const notJson = `is ${shown(text)}, not the JSON text of an event`;
  if (typeof text !== 'string') throw problem(notJson);
  if (text.length > MAX_TEXT) {
    throw problem(`has ${text.length} characters, and AWS sends at most ${MAX_TEXT}`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw problem(notJson, error);
  }
};

const at = (where: string, name: string): string => (where ? `${where}.${name}` : name);
