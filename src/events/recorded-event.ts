import * as v from 'valibot';
import { canonicalJson } from './canonical-json.ts';
import { GENESIS, hashOf } from './hash-chain.ts';
import type { ResourceArn } from './resource-arn.ts';
import {
  EVENT_FORMATS,
  EVENT_SCHEMAS,
  type EventFormat,
  InstantSchema,
  newerIn,
  newerText,
  type TagEvent,
} from './tag-event.ts';

/** An event as recorded in the ledger, with its place in a stream. */
export interface RecordedEvent {
  readonly stream: ResourceArn;
  /** From 1, without gaps. */
  readonly seq: number;
  /**
   * When the ledger wrote it. Always later than the event before it in the stream, even
   * if the writer's clock is behind.
   */
  readonly recordedAt: string;
  /** The format in which it was written. */
  readonly schemaVersion: EventFormat;
  /** Hash of the event before it, 64 hex digits. */
  readonly prev: string;
  readonly hash: string;
  /**
   * Canonical JSON of the event with `recordedAt` and `schemaVersion`: the bytes that are hashed and stored.
   */
  readonly body: string;
  readonly event: TagEvent;
}

/** Whether an event with this id is among those of its stream, so that its cause is not recorded a second time. */
export const isAmong = (
  events: readonly { readonly event: Pick<TagEvent, 'eventId'> }[],
  eventId: string,
): boolean => events.some(({ event }) => event.eventId === eventId);

/**
 * An event from a store cannot be read: it is damaged, or newer than this version ({@link NewerEventError}).
 */
export class UnreadableEventError extends Error {
  override readonly name: string = 'UnreadableEventError';
  readonly stream: string;
  readonly seq: number;
  /** What is wrong with the event. Never contains a tag value. */
  readonly why: string;

  constructor(
    stream: string,
    seq: number,
    why: string,
    options?: ErrorOptions & { readonly message?: string },
  ) {
    super(
      options?.message ??
        `Event ${seq} of ${stream} cannot be read: ${why}. No version of tagledger writes that, so it was damaged. Restore the table (docs/restore.md).`,
      options,
    );
    this.stream = stream;
    this.seq = seq;
    this.why = why;
  }
}

/**
 * An event has a `schemaVersion` or a type that this version does not know. It is not damaged, and a newer
 * version can read it, so a consumer must keep it for that version and never skip it.
 */
export class NewerEventError extends UnreadableEventError {
  override readonly name = 'NewerEventError';
  /** When it was recorded; undefined if its body does not say so in the form that this version knows. */
  readonly recordedAt: string | undefined;

  constructor(stream: string, seq: number, newer: string, recordedAt: unknown) {
    const why = newerText(newer);
    super(stream, seq, why, { message: `Event ${seq} of ${stream} has ${why}.` });
    this.recordedAt = v.is(InstantSchema, recordedAt) ? recordedAt : undefined;
  }
}

/** Whether an error means that an event is damaged, so that no version can read it. */
export const isDamage = (error: unknown): error is UnreadableEventError =>
  error instanceof UnreadableEventError && !(error instanceof NewerEventError);

/**
 * Gives an event its format and its place after `head` (absent for the first event of a stream). Pure: `now`
 * is the writer's clock. The default format is the one that every version reads.
 */
export const record = (
  stream: ResourceArn,
  event: TagEvent,
  head: RecordedEvent | undefined,
  now: Date,
  schemaVersion: EventFormat = 1,
): RecordedEvent => {
  const seq = (head?.seq ?? 0) + 1;
  const prev = head?.hash ?? GENESIS;
  const recordedAt = new Date(
    Math.max(now.getTime(), head ? Date.parse(head.recordedAt) + 1 : 0),
  ).toISOString();
  const body = canonicalJson({ ...event, schemaVersion, recordedAt });
  return {
    stream,
    seq,
    recordedAt,
    schemaVersion,
    prev,
    hash: hashOf({ stream, seq, prev, body }),
    body,
    event,
  };
};

/** The content of a body: the event, its format, and when it was recorded. */
type Body = Pick<RecordedEvent, 'recordedAt' | 'schemaVersion' | 'event'>;

const RecordedSchema = v.object({ recordedAt: InstantSchema, schemaVersion: v.picklist(EVENT_FORMATS) });

/**
 * The content of a parsed body, or a description of what is wrong with it,
 * which quotes nothing from the body.
 */
const parseBody = (json: unknown): Body | string => {
  const event = v.safeParse(EVENT_SCHEMAS[Object(json).schemaVersion === 1 ? 1 : 2], json);
  if (!event.success) return problemOf(event.issues[0]);
  const recorded = v.safeParse(RecordedSchema, json);
  if (!recorded.success) return problemOf(recorded.issues[0]);
  return { ...recorded.output, event: event.output };
};

/** The stored form of an event, as every store returns it. */
export interface StoredEvent {
  readonly stream: string;
  readonly seq: number;
  readonly prev: string;
  readonly hash: string;
  readonly body: string;
}

/**
 * Parses and checks an event from a store. Throws a {@link NewerEventError} for a type or format that this
 * version does not know. Throws an {@link UnreadableEventError} for a body that is not JSON or not an event,
 * or that does not match its hash.
 */
export const readRecorded = (stored: StoredEvent): RecordedEvent => {
  const { stream, seq, prev, hash, body } = stored;
  const unreadable = (why: string, cause?: unknown) => new UnreadableEventError(stream, seq, why, { cause });
  if (hashOf({ stream, seq, prev, body }) !== hash) throw unreadable('its hash does not match its bytes');
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch (error) {
    throw unreadable('its body is not JSON', error);
  }
  const newer = newerIn(json);
  if (newer !== undefined) throw new NewerEventError(stream, seq, newer, Object(json).recordedAt);
  const parsed = parseBody(json);
  if (typeof parsed === 'string') throw unreadable(parsed);
  return { stream: stream as ResourceArn, seq, prev, hash, body, ...parsed };
};

/**
 * What a schema rejects, without the value that it received: that may be a tag value, and errors are logged.
 */
const problemOf = (issue: v.BaseIssue<unknown>): string => {
  const path = v.getDotPath(issue) ?? 'body';
  return `${path}: ${issue.message.replace(/(?: but r|:? R)eceived [\s\S]*$/, '')}`;
};
