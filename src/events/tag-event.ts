import * as v from 'valibot';
import { idFrom } from './hash-chain.ts';
import { TagSchema } from './tag.ts';

/**
 * The formats of events that this code reads and can write, as `schemaVersion` in a body says. The shapes below are the
 * storage format: add to them, never edit. A reader drops fields that it does not know, so a field may be added to the
 * events of a format only where it changes nothing of what they say; every other one needs events of the next format,
 * which an older reader refuses.
 */
export const EVENT_FORMATS = [1, 2] as const;
export type EventFormat = (typeof EVENT_FORMATS)[number];

/** A moment as ISO 8601, UTC, milliseconds. Texts of this form sort as their moments do. */
export const InstantSchema = v.pipe(
  v.string(),
  v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, 'expected a moment like 2026-03-31T23:59:00.000Z'),
);

/** Who acted. `kind` is CloudTrail's userIdentity type, or `Direct` for a name that a direct call gave. */
export const WhoSchema = v.object({
  /** The name to show: a user, a role session's name, a service. */
  name: v.string(),
  arn: v.optional(v.string()),
  kind: v.string(),
  /** What acted for the principal: a service such as `autoscaling.amazonaws.com`, a provider's account, a role session's ARN. */
  via: v.optional(v.string()),
  /** How the name was found, where the plain rule of its kind did not give it. */
  found: v.optional(
    v.picklist([
      'sourceIdentity',
      'sso',
      'onBehalfOf',
      'instance-profile',
      'invokedBy',
      'parent', // the person who made the resource for whose sake a service, which `via` names, acted
      'assumed-by', // the person who assumed the role of the session that `via` names
    ]),
  ),
  /** The caller's IP address; absent where a service called. */
  ip: v.optional(v.string()),
});
export type Who = v.InferOutput<typeof WhoSchema>;

/** Why an event was written: the source's own id of what happened (a CloudTrail eventID, a request id). */
export const CauseSchema = v.object({
  source: v.picklist(['cloudtrail', 'direct', 'eventbridge', 'tagledger']),
  id: v.string(),
  /** What happened there, such as `RunInstances`. */
  name: v.optional(v.string()),
});
export type Cause = v.InferOutput<typeof CauseSchema>;

/** What a rule's tag became when it could not be used as it stands. */
export const TagNoteSchema = v.object({
  key: v.string(),
  note: v.picklist([
    'missing-field', // the template names a field that this cause does not have: the tag is left out
    'cut', // the value was longer than EC2 takes, and was cut
    'kept', // the resource already bears this key, and the rule does not say overwrite
    'uncertain', // the key is there, but its value came in a form that may have lost some of it
  ]),
});
export type TagNote = v.InferOutput<typeof TagNoteSchema>;

/**
 * How an attempt failed, which decides what happens next. `throttled` and `unavailable` (a server error or a
 * clash with another tagging call) and `not-yet-visible` pass with time; `denied`, `invalid` and `not-found`
 * do not; `unknown` is treated as final, so that a person looks.
 */
export const FailureClassSchema = v.picklist([
  'throttled',
  'unavailable',
  'not-yet-visible',
  'not-found',
  'denied',
  'invalid',
  'unknown',
]);
export type FailureClass = v.InferOutput<typeof FailureClassSchema>;

const common = {
  /** Derived from the cause (see {@link eventIdOf}), so the same cause always gives the same id. */
  eventId: v.string(),
  /** When it happened in AWS. */
  effectiveAt: InstantSchema,
};

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

/** Birth: the cause created the resource, which bore these tags from its first moment. */
const BirthSchema = v.object({ tags: v.array(TagSchema) });

/** Somebody or something asked that these tags be put on this resource. */
export const TagRequestedSchema = v.object({
  ...common,
  type: v.literal('TagRequested'),
  cause: CauseSchema,
  who: WhoSchema,
  /** Id of the rule set that gave the tags; absent when the caller named the tags itself. */
  rules: v.optional(v.string()),
  /** At least one, sorted by key. */
  tags: v.pipe(v.array(TagSchema), v.minLength(1)),
  /** The keys among `tags` that may replace a value which tagledger did not set. */
  overwrite: v.optional(v.array(v.string())),
  birth: v.optional(BirthSchema),
  notes: v.optional(v.array(TagNoteSchema)),
  attempt: count,
  /** The eventId of the first attempt; absent on the first attempt itself. */
  request: v.optional(v.string()),
});
export type TagRequested = v.InferOutput<typeof TagRequestedSchema>;

/** EC2 accepted the tags of one attempt. */
export const TagAppliedSchema = v.object({
  ...common,
  type: v.literal('TagApplied'),
  /** The eventId of the request's first attempt. */
  request: v.string(),
  attempt: count,
  /** What was really set: the request's tags less those that somebody else had set in the meantime. */
  tags: v.array(TagSchema),
  awsRequestId: v.optional(v.string()),
});
export type TagApplied = v.InferOutput<typeof TagAppliedSchema>;

/** One attempt failed; final unless `retryAt` is there. */
export const TagFailedSchema = v.object({
  ...common,
  type: v.literal('TagFailed'),
  request: v.string(),
  attempt: count,
  /** EC2's error code, such as `UnauthorizedOperation`. */
  code: v.string(),
  message: v.string(),
  class: FailureClassSchema,
  /** The next attempt is not before this moment. */
  retryAt: v.optional(InstantSchema),
});
export type TagFailed = v.InferOutput<typeof TagFailedSchema>;

/** Tags seen on the resource that tagledger did not set. */
export const TagObservedSchema = v.object({
  ...common,
  type: v.literal('TagObserved'),
  cause: CauseSchema,
  who: v.optional(WhoSchema),
  how: v.picklist(['birth', 'change', 'sweep']),
  set: v.array(TagSchema),
  /** Keys that were removed, sorted; `all` when the call named none, which removes every user tag. */
  removed: v.union([v.array(v.string()), v.literal('all')]),
  /** Why the rules asked for nothing at birth, where they would have. */
  notes: v.optional(v.array(TagNoteSchema)),
});
export type TagObserved = v.InferOutput<typeof TagObservedSchema>;

/** The resource was deleted. */
export const ResourceRetiredSchema = v.object({
  ...common,
  type: v.literal('ResourceRetired'),
  cause: CauseSchema,
  who: WhoSchema,
});
export type ResourceRetired = v.InferOutput<typeof ResourceRetiredSchema>;

/**
 * A call made something, and its record does not say what: CloudTrail left out what was too long, and EC2 could not be
 * asked instead. In a stream of its own, of the type {@link GAP_TYPE}, because the resources are not known.
 */
export const GapFoundSchema = v.object({
  ...common,
  type: v.literal('GapFound'),
  cause: CauseSchema,
  who: WhoSchema,
  /** What is missing and why, as a sentence. */
  reason: v.string(),
});
export type GapFound = v.InferOutput<typeof GapFoundSchema>;

/** Stands where a resource's type does in the ARN of a gap's stream; no type of EC2 has this name. */
export const GAP_TYPE = 'cloudtrail-gap';

/** One file of a policy, as it was given. */
export const PolicyFileSchema = v.object({
  name: v.string(),
  text: v.string(),
  /** Of a tag policy: attached to the same root, unit or account as the file before it, and not below it. */
  beside: v.optional(v.boolean()),
});

/**
 * From `effectiveAt` on, this is the policy by which the tags of the fleet are judged, in the place of the one before.
 * In one stream of its own for the whole ledger, which is no resource's (see `ledger-stream.ts`).
 */
export const PolicyRecordedSchema = v.object({
  ...common,
  type: v.literal('PolicyRecorded'),
  cause: CauseSchema,
  who: WhoSchema,
  /** The id of what the files ask, by which a policy that asks the same is known. */
  policy: v.string(),
  /** In the order in which they are merged. */
  files: v.pipe(v.array(PolicyFileSchema), v.minLength(1)),
});
export type PolicyRecorded = v.InferOutput<typeof PolicyRecordedSchema>;

/**
 * Recorded events are not what was written: somebody or something changed the ledger, which nothing in tagledger does.
 * In a stream of its own (see `ledger-stream.ts`). `effectiveAt` is about when it happened where the change feed tells
 * of it, and else when it was found. It holds no tag's value.
 */
export const TamperDetectedSchema = v.object({
  ...common,
  type: v.literal('TamperDetected'),
  how: v.picklist(['change-feed', 'verify']),
  /** The stream that was tampered with; absent where it is the ledger or its log as a whole. */
  tampered: v.optional(v.string()),
  /** The places that are concerned, as far as they are known. */
  seqs: v.array(v.pipe(v.number(), v.safeInteger())),
  /** `changed` or `removed` by the change feed, the kind of a finding by `verify`. */
  what: v.string(),
  /** What should be there, and what is, as clauses. */
  expected: v.string(),
  found: v.string(),
});
export type TamperDetected = v.InferOutput<typeof TamperDetectedSchema>;

/** A fact as it happened, before the ledger gave it a format and a place. */
export const TagEventSchema = v.variant('type', [
  TagRequestedSchema,
  TagAppliedSchema,
  TagFailedSchema,
  TagObservedSchema,
  ResourceRetiredSchema,
  GapFoundSchema,
  PolicyRecordedSchema,
  TamperDetectedSchema,
]);
export type TagEvent = v.InferOutput<typeof TagEventSchema>;

/** The types of events that this code reads. */
export const EVENT_TYPES: ReadonlySet<string> = new Set(
  TagEventSchema.options.map(({ entries }) => entries.type.literal),
);

/** No version of tagledger has come so far: a larger number is damage, and might be anybody's. */
const HIGHEST_FORMAT = 999;
/** A type's name, as nobody's text is. */
const TYPE_NAME = /^[A-Z][A-Za-z]{2,39}$/;

/**
 * By what a body's JSON tells that a newer version of tagledger wrote it, as a clause such as `schemaVersion 3`; undefined
 * where nothing does. It holds no text that might be a tag's value.
 */
export const newerIn = (json: unknown): string | undefined => {
  const { schemaVersion, type } = Object(json) as Readonly<Record<string, unknown>>;
  const isFormat = Number.isInteger(schemaVersion) && Number(schemaVersion) <= HIGHEST_FORMAT;
  if (!isFormat || Number(schemaVersion) < 1) return undefined;
  if (!EVENT_FORMATS.some((known) => known === schemaVersion)) return `schemaVersion ${schemaVersion}`;
  const isOfNewType = typeof type === 'string' && TYPE_NAME.test(type) && !EVENT_TYPES.has(type);
  return isOfNewType ? `event type "${type}"` : undefined;
};

/** What is said of an event that a newer version wrote, and what to do: `newer` is what {@link newerIn} gives. */
export const newerText = (newer: string): string =>
  `the unknown ${newer}: it was written by a newer version of tagledger; upgrade this one to at least that version`;

/**
 * The id of the event that `act` writes into `stream` because of `causeId`. Redelivering a cause gives the
 * same id, so neither the table's condition nor a decision lets it in twice.
 */
export const eventIdOf = (act: string, stream: string, causeId: string): string =>
  idFrom('tagledger/event-id/v1', act, stream, causeId);

/** The eventId of a request's first attempt, by which its outcomes name it. */
export const requestIdOf = (event: TagRequested): string => event.request ?? event.eventId;
