import * as v from 'valibot';
import { canonicalJson } from './canonical-json.ts';
import { GENESIS, hashOf } from './hash-chain.ts';
import type { ResourceArn } from './resource-arn.ts';
import {
  EVENT_FORMATS,
  type EventFormat,
  InstantSchema,
  newerIn,
  newerText,
  type TagEvent,
  TagEventSchema,
} from './tag-event.ts';

/** A fact with its place in a stream, as it stands in the ledger. */
export interface RecordedEvent {
  readonly stream: ResourceArn;
  /** From 1, without gaps. */
  readonly seq: number;
  /** When the ledger wrote it: later than the event before it in the stream, whatever the writer's clock says. */
  readonly recordedAt: string;
  /** The format in which it was written. */
  readonly schemaVersion: EventFormat;
  /** Hash of the event before it, 64 hex digits. */
  readonly prev: string;
  readonly hash: string;
  /** Canonical JSON of the event with `recordedAt` and `schemaVersion`: the bytes that are hashed and stored. */
  readonly body: string;
  readonly event: TagEvent;
}

/** What comes out of a store cannot be read: it is damaged, or see {@link NewerEventError}. */
export class UnreadableEventError extends Error {
  override readonly name: string = 'UnreadableEventError';
  readonly stream: string;
  readonly seq: number;
  /** What is wrong with it; never a tag's value. */
  readonly why: string;

  constructor(
    stream: string,
    seq: number,
    why: string,
    options?: ErrorOptions & { readonly message?: string },
  ) {
    super(
      options?.message ??
        `the event ${seq} of ${stream} cannot be read: ${why}; no version of tagledger writes that, so it was damaged: restore the table (docs/restore.md)`,
      options,
    );
    this.stream = stream;
    this.seq = seq;
    this.why = why;
  }
}

/**
 * An event has a `schemaVersion` or a type that this version does not know. Nothing is wrong with it, and a newer version
 * can read it: whoever works through events must keep it for that one, and not pass it over.
 */
export class NewerEventError extends UnreadableEventError {
  override readonly name = 'NewerEventError';
  /** When it was recorded, as far as its body tells that in the way that this version knows. */
  readonly recordedAt: string | undefined;

  constructor(stream: string, seq: number, newer: string, recordedAt: unknown) {
    const why = newerText(newer);
    super(stream, seq, why, { message: `the event ${seq} of ${stream} has ${why}` });
    this.recordedAt = v.is(InstantSchema, recordedAt) ? recordedAt : undefined;
  }
}

/** Whether an event cannot be read, now or ever: it is damaged. */
export const isDamage = (error: unknown): error is UnreadableEventError =>
  error instanceof UnreadableEventError && !(error instanceof NewerEventError);

/**
 * Gives a fact its format, and the place after `head` (absent for the first event of a stream). Pure: `now` is the
 * writer's clock. Without a format it is written in the one that every version reads.
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

/** What a body says: the fact, its format, and when it was recorded. */
export type Body = Pick<RecordedEvent, 'recordedAt' | 'schemaVersion' | 'event'>;

const RecordedSchema = v.object({ recordedAt: InstantSchema, schemaVersion: v.picklist(EVENT_FORMATS) });

/** The body in a parsed JSON text, or as a text what is wrong with it; that holds nothing of what stands there. */
const parseBody = (json: unknown): Body | string => {
  const event = v.safeParse(TagEventSchema, json);
  if (!event.success) return problemOf(event.issues[0]);
  const recorded = v.safeParse(RecordedSchema, json);
  if (!recorded.success) return problemOf(recorded.issues[0]);
  return { ...recorded.output, event: event.output };
};

/** The stored form of an event, as any store gives it back. */
export interface StoredEvent {
  readonly stream: string;
  readonly seq: number;
  readonly prev: string;
  readonly hash: string;
  readonly body: string;
}

/**
 * Parses and checks what came out of a store. Throws a {@link NewerEventError} for a type or
 * format that this code does not know, and an {@link UnreadableEventError} for a body that is not JSON or no event, or
 * whose hash is another one.
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

/** What a schema objects to, without what it got there: that may be a tag's value, and errors are logged. */
const problemOf = (issue: v.BaseIssue<unknown>): string => {
  const path = v.getDotPath(issue) ?? 'body';
  return `${path}: ${issue.message.replace(/(?: but r|:? R)eceived [\s\S]*$/, '')}`;
};
