import { hash } from 'node:crypto';
import * as v from 'valibot';

/**
 * The reader of events as it was before format 2 (commit 5c5b029): its schemas and its order of checks, frozen. It is not
 * to be changed, and imports nothing of today's: deployments, exports' readers and auditors' laptops have it still.
 */

/** An event as every store gives it. */
export interface StoredThen {
  readonly stream: string;
  readonly seq: number;
  readonly prev: string;
  readonly hash: string;
  readonly body: string;
}

const TagSchema = v.object({ key: v.string(), value: v.string() });

const InstantSchema = v.pipe(
  v.string(),
  v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, 'expected a moment like 2026-03-31T23:59:00.000Z'),
);

const WhoSchema = v.object({
  name: v.string(),
  arn: v.optional(v.string()),
  kind: v.string(),
  via: v.optional(v.string()),
  found: v.optional(
    v.picklist([
      'sourceIdentity',
      'sso',
      'onBehalfOf',
      'instance-profile',
      'invokedBy',
      'parent',
      'assumed-by',
    ]),
  ),
  ip: v.optional(v.string()),
});

const CauseSchema = v.object({
  source: v.picklist(['cloudtrail', 'direct', 'eventbridge', 'tagledger']),
  id: v.string(),
  name: v.optional(v.string()),
});

const TagNoteSchema = v.object({
  key: v.string(),
  note: v.picklist(['missing-field', 'cut', 'kept', 'uncertain']),
});

const FailureClassSchema = v.picklist([
  'throttled',
  'unavailable',
  'not-yet-visible',
  'not-found',
  'denied',
  'invalid',
  'unknown',
]);

const common = {
  schemaVersion: v.literal(1),
  eventId: v.string(),
  effectiveAt: InstantSchema,
};

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

const BirthSchema = v.object({ tags: v.array(TagSchema) });

const TagRequestedSchema = v.object({
  ...common,
  type: v.literal('TagRequested'),
  cause: CauseSchema,
  who: WhoSchema,
  rules: v.optional(v.string()),
  tags: v.pipe(v.array(TagSchema), v.minLength(1)),
  overwrite: v.optional(v.array(v.string())),
  birth: v.optional(BirthSchema),
  notes: v.optional(v.array(TagNoteSchema)),
  attempt: count,
  request: v.optional(v.string()),
});

const TagAppliedSchema = v.object({
  ...common,
  type: v.literal('TagApplied'),
  request: v.string(),
  attempt: count,
  tags: v.array(TagSchema),
  awsRequestId: v.optional(v.string()),
});

const TagFailedSchema = v.object({
  ...common,
  type: v.literal('TagFailed'),
  request: v.string(),
  attempt: count,
  code: v.string(),
  message: v.string(),
  class: FailureClassSchema,
  retryAt: v.optional(InstantSchema),
});

const TagObservedSchema = v.object({
  ...common,
  type: v.literal('TagObserved'),
  cause: CauseSchema,
  who: v.optional(WhoSchema),
  how: v.picklist(['birth', 'change', 'sweep']),
  set: v.array(TagSchema),
  removed: v.union([v.array(v.string()), v.literal('all')]),
  notes: v.optional(v.array(TagNoteSchema)),
});

const ResourceRetiredSchema = v.object({
  ...common,
  type: v.literal('ResourceRetired'),
  cause: CauseSchema,
  who: WhoSchema,
});

const GapFoundSchema = v.object({
  ...common,
  type: v.literal('GapFound'),
  cause: CauseSchema,
  who: WhoSchema,
  reason: v.string(),
});

const PolicyFileSchema = v.object({
  name: v.string(),
  text: v.string(),
  beside: v.optional(v.boolean()),
});

const PolicyRecordedSchema = v.object({
  ...common,
  type: v.literal('PolicyRecorded'),
  cause: CauseSchema,
  who: WhoSchema,
  policy: v.string(),
  files: v.pipe(v.array(PolicyFileSchema), v.minLength(1)),
});

const TamperDetectedSchema = v.object({
  ...common,
  type: v.literal('TamperDetected'),
  how: v.picklist(['change-feed', 'verify']),
  tampered: v.optional(v.string()),
  seqs: v.array(v.pipe(v.number(), v.safeInteger())),
  what: v.string(),
  expected: v.string(),
  found: v.string(),
});

const TagEventSchema = v.variant('type', [
  TagRequestedSchema,
  TagAppliedSchema,
  TagFailedSchema,
  TagObservedSchema,
  ResourceRetiredSchema,
  GapFoundSchema,
  PolicyRecordedSchema,
  TamperDetectedSchema,
]);

const RecordedSchema = v.object({ recordedAt: InstantSchema });

const hashThen = ({ stream, seq, prev, body }: StoredThen): string => {
  const sum = ['tagledger/event/v1', stream, String(seq), prev, body].map((text) => {
    const bytes = Buffer.from(text, 'utf8');
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
  });
  return hash('sha256', Buffer.concat(sum));
};

/** What that reader made of an event; throws an `Error` with the reason for what it refused. */
export const readThen = (stored: StoredThen) => {
  if (hashThen(stored) !== stored.hash) throw new Error('its hash does not match its bytes');
  const json: unknown = JSON.parse(stored.body);
  const event = v.safeParse(TagEventSchema, json);
  if (!event.success) throw new Error(`${v.getDotPath(event.issues[0])}: ${event.issues[0].message}`);
  const { recordedAt } = v.parse(RecordedSchema, json);
  return { recordedAt, event: event.output };
};
