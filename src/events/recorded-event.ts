import * as v from 'valibot';
import { canonicalJson } from './canonical-json.ts';
import { GENESIS, hashOf } from './hash-chain.ts';
import type { ResourceArn } from './resource-arn.ts';
import { InstantSchema, type TagEvent, TagEventSchema } from './tag-event.ts';

/** A fact with its place in a stream, as it stands in the ledger. */
export interface RecordedEvent {
  readonly stream: ResourceArn;
  /** From 1, without gaps. */
  readonly seq: number;
  /** When the ledger wrote it: later than the event before it in the stream, whatever the writer's clock says. */
  readonly recordedAt: string;
  /** Hash of the event before it, 64 hex digits. */
  readonly prev: string;
  readonly hash: string;
  /** Canonical JSON of the event with `recordedAt`: the bytes that are hashed and stored. */
  readonly body: string;
  readonly event: TagEvent;
}

/** What comes out of a store is not what this version wrote: an unknown event type or version, or damage. */
export class UnreadableEventError extends Error {
  override readonly name = 'UnreadableEventError';
  readonly stream: string;
  readonly seq: number;
  /** What is wrong with it; never a tag's value. */
  readonly why: string;

  constructor(stream: string, seq: number, why: string, options?: ErrorOptions) {
    super(
      `the event ${seq} of ${stream} cannot be read: ${why}; it was written by a newer version, or damaged: run a version that knows it, or restore the table`,
      options,
    );
    this.stream = stream;
    this.seq = seq;
    this.why = why;
  }
}

/** Gives a fact the place after `head` (absent for the first event of a stream). Pure: `now` is the writer's clock. */
export const record = (
  stream: ResourceArn,
  event: TagEvent,
  head: RecordedEvent | undefined,
  now: Date,
): RecordedEvent => {
  const seq = (head?.seq ?? 0) + 1;
  const prev = head?.hash ?? GENESIS;
  const recordedAt = new Date(
    Math.max(now.getTime(), head ? Date.parse(head.recordedAt) + 1 : 0),
  ).toISOString();
  const body = canonicalJson({ ...event, recordedAt });
  return { stream, seq, recordedAt, prev, hash: hashOf({ stream, seq, prev, body }), body, event };
};

/** What a body says: the fact, and when it was recorded. */
export type Body = Pick<RecordedEvent, 'recordedAt' | 'event'>;

const RecordedSchema = v.object({ recordedAt: InstantSchema });

/** The body in a parsed JSON text, or as a text what is wrong with it; that holds nothing of what stands there. */
export const parseBody = (json: unknown): Body | string => {
  const event = v.safeParse(TagEventSchema, json);
  if (!event.success) return problemOf(event.issues[0]);
  const recorded = v.safeParse(RecordedSchema, json);
  if (!recorded.success) return problemOf(recorded.issues[0]);
  return { recordedAt: recorded.output.recordedAt, event: event.output };
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
 * Parses and checks what came out of a store. Throws an {@link UnreadableEventError} for a body that is not
 * JSON, a type or schema version that this code does not know, or a body whose hash is another one.
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
  const parsed = parseBody(json);
  if (typeof parsed === 'string') throw unreadable(parsed);
  return { stream: stream as ResourceArn, seq, prev, hash, body, ...parsed };
};

/** What tells a newer version, and is nobody's text. */
const SHOWN = ['type', 'schemaVersion'];

/** What a schema objects to, without what it got there: that may be a tag's value, and errors are logged. */
const problemOf = (issue: v.BaseIssue<unknown>): string => {
  const path = v.getDotPath(issue) ?? 'body';
  const objection = issue.message.replace(/(?: but r|:? R)eceived [\s\S]*$/, '');
  return `${path}: ${SHOWN.includes(path) ? issue.message : objection}`;
};
