import * as v from 'valibot';
import { idFrom } from './hash-chain.ts';
import { TagSchema } from './tag.ts';

/**
 * The event formats that this version reads and can write; `schemaVersion` in a body names its format. The
 * shapes below are the storage format: add to them, never edit them. Readers drop unknown fields, so a field
 * may be added to an existing format only if it does not change what its events mean. Any other field needs
 * the next format, which older readers refuse.
 */
export const EVENT_FORMATS = [1, 2] as const;
export type EventFormat = (typeof EVENT_FORMATS)[number];

/** A moment as ISO 8601, UTC, milliseconds. Texts of this form sort in the order of their moments. */
export const InstantSchema = v.pipe(
  v.string(),
  v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, 'expected a moment like 2026-03-31T23:59:00.000Z'),
);

/**
 * Who acted. `kind` is CloudTrail's userIdentity type, `Direct` for a name from a direct call, or
 * `Tagledger` for tagledger itself.
 */
export const WhoSchema = v.object({
  /** The name to show: a user, a role session's name, a service. */
  name: v.string(),
  arn: v.optional(v.string()),
  kind: v.string(),
  /**
   * What acted for the principal: a service such as `autoscaling.amazonaws.com`, a provider's
   * account, a role session's ARN.
   */
  via: v.optional(v.string()),
  /** How the name was found, if not by the plain rule for its kind. */
  found: v.optional(
    v.picklist([
      'sourceIdentity',
      'sso',
      'onBehalfOf',
      'instance-profile',
      'invokedBy',
      'parent', // the creator of the resource on whose behalf the service in `via` acted
      'assumed-by', // the person who began the session in `via`: assumed its role, or federated its user
    ]),
  ),
  /** The caller's IP address; absent if a service called. */
  ip: v.optional(v.string()),
});
export type Who = v.InferOutput<typeof WhoSchema>;

/** Stands for an actor who is not named, where one must be. */
export const UNKNOWN_ACTOR: Who = { name: 'unknown', kind: 'Unknown' };

/**
 * Why an event was written: the source and its own id of what happened (a CloudTrail eventID, a request id).
 */
export const CauseSchema = v.object({
  source: v.picklist(['cloudtrail', 'direct', 'eventbridge', 'tagledger']),
  id: v.string(),
  /** What happened at the source, such as `RunInstances`. */
  name: v.optional(v.string()),
});
export type Cause = v.InferOutput<typeof CauseSchema>;

/** The name of the cause of what a baseline shows. Its source is `tagledger`. */
export const BASELINE = 'baseline';

/** What happened to a rule's tag that could not be used as it is. */
const TagNoteSchema = v.object({
  key: v.string(),
  note: v.picklist([
    'missing-field', // the template names a field that this cause does not have: the tag is left out
    'cut', // the value was longer than EC2 accepts, and was cut
    'kept', // the resource already has this key, and the rule may not overwrite it
    'uncertain', // the resource has the key, but its value arrived in a form that may be incomplete
  ]),
});
export type TagNote = v.InferOutput<typeof TagNoteSchema>;

/**
 * How an attempt failed, which decides what happens next. `throttled`, `unavailable` (a server error or a
 * conflict with another tagging call) and `not-yet-visible` are temporary. `denied`, `invalid` and
 * `not-found` are permanent. `unknown` is treated as permanent, so that a person looks into it.
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
  /** Derived from the cause (see {@link eventIdOf}), so the same cause always yields the same id. */
  eventId: v.string(),
  /** When it happened in AWS. */
  effectiveAt: InstantSchema,
};

/**
 * Only in format 2. True if nothing but a simulated EC2 told of it, such as that tags were accepted. A simulated
 * ledger's facts about people's calls come from records and do not have it.
 */
const simulated = v.optional(v.boolean());

/**
 * Only in format 2. True if tags of its source were copied to the resource when it was created, and nobody had seen them
 * when this was recorded. Keys of which nothing else is known may be there.
 */
const unseenTags = v.optional(v.boolean());

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

/** Another resource of the same account and Region, as `TYPE/ID`, such as `instance/i-0abc`. */
const RelativeSchema = v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]*\/[A-Za-z0-9._-]+$/, 'expected TYPE/ID'));

/** Only in format 2. */
const dependencies = {
  /**
   * EC2 deletes this resource together with that one (`TYPE/ID`), or with none (`nothing`), or it is not known with which
   * (`unknown`). Absent if the cause does not tell it.
   */
  endsWith: v.optional(
    v.pipe(v.string(), v.regex(/^(?:nothing|unknown|[a-z][a-z0-9-]*\/[A-Za-z0-9._-]+)$/, 'expected TYPE/ID')),
  ),
  /** Resources that EC2 may delete together with this one, sorted. Their own streams tell whether it does. */
  children: v.optional(v.array(RelativeSchema)),
};

/** The cause created the resource, which had these tags from its first moment. */
const BirthSchema = v.object({ tags: v.array(TagSchema) });

/** Somebody, or a rule, requested that these tags be put on this resource. */
const TagRequestedSchema = v.object({
  ...common,
  type: v.literal('TagRequested'),
  cause: CauseSchema,
  who: WhoSchema,
  /** Id of the rule set that the tags come from; absent if the caller named the tags itself. */
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
  ...dependencies,
  /** EC2 must then be asked before any of the tags is set. */
  unseenTags,
  simulated,
});
export type TagRequested = v.InferOutput<typeof TagRequestedSchema>;

/** EC2 accepted the tags of one attempt. */
const TagAppliedSchema = v.object({
  ...common,
  type: v.literal('TagApplied'),
  /** The eventId of the request's first attempt. */
  request: v.string(),
  attempt: count,
  /**
   * The tags that were set: those of the request, without those that somebody else had set in the meantime.
   */
  tags: v.array(TagSchema),
  awsRequestId: v.optional(v.string()),
  simulated,
});
export type TagApplied = v.InferOutput<typeof TagAppliedSchema>;

/** One attempt failed; permanently if `retryAt` is absent. */
const TagFailedSchema = v.object({
  ...common,
  type: v.literal('TagFailed'),
  request: v.string(),
  attempt: count,
  /** EC2's error code, such as `UnauthorizedOperation`. */
  code: v.string(),
  message: v.string(),
  class: FailureClassSchema,
  /** The earliest moment of the next attempt. */
  retryAt: v.optional(InstantSchema),
  simulated,
});
export type TagFailed = v.InferOutput<typeof TagFailedSchema>;

/** Tags seen on the resource that tagledger did not set. */
const TagObservedSchema = v.object({
  ...common,
  type: v.literal('TagObserved'),
  cause: CauseSchema,
  who: v.optional(WhoSchema),
  how: v.picklist(['birth', 'change', 'sweep']),
  set: v.array(TagSchema),
  /** Keys that were removed, sorted; `all` if the call named none, which removes every user tag. */
  removed: v.union([v.array(v.string()), v.literal('all')]),
  /**
   * At creation, why the rules requested nothing although they apply; after a change, the
   * keys whose value is uncertain.
   */
  notes: v.optional(v.array(TagNoteSchema)),
  /**
   * Only in format 2. Each of these tags was removed if the resource had the key with exactly this value when
   * the call took effect. Sorted by key and then by value.
   */
  removedIf: v.optional(v.array(TagSchema)),
  /**
   * Only in format 2, and only in what EventBridge told: a number that rises with each change of the resource's
   * tags.
   */
  version: v.optional(count),
  /**
   * Only in format 2, and only at creation. Whoever recorded it only observes: nothing follows from it, so no tags
   * are requested for the resource's children.
   */
  observing: v.optional(v.boolean()),
  ...dependencies,
  /** Only at creation. */
  unseenTags,
  /** Only in format 2, and only in what EC2 showed. True if it showed all tags of a resource with tags unseen until then. */
  allSeen: v.optional(v.boolean()),
  /**
   * Only in format 2, and only with `how: 'sweep'`. AWS was asked what exists, and showed the resource: it existed at
   * `effectiveAt`, and `set` are all of its user tags. AWS certainly shows what happened before `settledAt`, which is not
   * after `effectiveAt`, but perhaps not what came later.
   */
  complete: v.optional(v.object({ settledAt: InstantSchema })),
  simulated,
});
export type TagObserved = v.InferOutput<typeof TagObservedSchema>;

/** The resource was deleted, or may have been. */
const ResourceRetiredSchema = v.object({
  ...common,
  type: v.literal('ResourceRetired'),
  cause: CauseSchema,
  /** Absent only in format 2: nobody is named who ended it. */
  who: v.optional(WhoSchema),
  /**
   * Only in format 2. True if the call found the resource already ended, or about to end: it names nobody who
   * ended it.
   */
  repeated: v.optional(v.boolean()),
  /** Only in format 2. Why it is not certain that it ended: from then on nobody knows whether it exists. */
  uncertain: v.optional(v.string()),
  /**
   * Only in format 2. This other resource ended, and EC2 deleted this one together with it if it depended on it then
   * (see {@link DependencyObserved}).
   */
  endedWith: v.optional(RelativeSchema),
  simulated,
});
export type ResourceRetired = v.InferOutput<typeof ResourceRetiredSchema>;

/** The resource came back from the Recycle Bin with the tags that it had. Only in format 2. */
const ResourceRestoredSchema = v.object({
  ...common,
  type: v.literal('ResourceRestored'),
  cause: CauseSchema,
  who: WhoSchema,
});
export type ResourceRestored = v.InferOutput<typeof ResourceRestoredSchema>;

/**
 * Whether EC2 deletes one resource together with another became known, or changed. Only in format 2.
 *
 * In the stream of a resource that others may end with, it has `children` or `unsure`. In the stream of such a child it
 * has `endsWith`.
 */
const DependencyObservedSchema = v.object({
  ...common,
  ...dependencies,
  type: v.literal('DependencyObserved'),
  cause: CauseSchema,
  who: v.optional(WhoSchema),
  /** The type of those children of which it is not known any more whether EC2 deletes them with this resource. */
  unsure: v.optional(v.string()),
  simulated,
});
export type DependencyObserved = v.InferOutput<typeof DependencyObservedSchema>;

/**
 * A call's record does not say which resources it concerns: CloudTrail left out what was too long,
 * and EC2 could not be queried instead. Because the resources are unknown, it has a stream of its
 * own, of the type {@link GAP_TYPE}.
 */
const GapFoundSchema = v.object({
  ...common,
  type: v.literal('GapFound'),
  cause: CauseSchema,
  who: WhoSchema,
  /** What is missing and why, as a sentence. */
  reason: v.string(),
});
export type GapFound = v.InferOutput<typeof GapFoundSchema>;

/** Takes the place of a resource type in the ARN of a gap's stream; no EC2 type has this name. */
export const GAP_TYPE = 'cloudtrail-gap';

/** One file of a policy, with its text unchanged. */
const PolicyFileSchema = v.object({
  name: v.string(),
  text: v.string(),
  /** For a tag policy: attached to the same root, unit or account as the file before it, and not below it. */
  beside: v.optional(v.boolean()),
});

/**
 * From `effectiveAt` on, the fleet's tags are judged by this policy, which replaces the one before. It is
 * recorded in one stream for the whole ledger, which belongs to no resource (see `ledger-stream.ts`).
 */
const PolicyRecordedSchema = v.object({
  ...common,
  type: v.literal('PolicyRecorded'),
  cause: CauseSchema,
  who: WhoSchema,
  /** An id of what the files demand, so that policies with the same demands have the same id. */
  policy: v.string(),
  /** In the order in which they are merged. */
  files: v.pipe(v.array(PolicyFileSchema), v.minLength(1)),
});
export type PolicyRecorded = v.InferOutput<typeof PolicyRecordedSchema>;

/**
 * Recorded events differ from what was written: somebody or something changed the ledger, which tagledger
 * never does. It is recorded in a stream of its own (see `ledger-stream.ts`) and contains no tag value.
 * `effectiveAt` is about when it happened if the change feed reported it, otherwise when it was found.
 */
const TamperDetectedSchema = v.object({
  ...common,
  type: v.literal('TamperDetected'),
  how: v.picklist(['change-feed', 'verify']),
  /** The stream that was tampered with; absent if it is the ledger or its log as a whole. */
  tampered: v.optional(v.string()),
  /** The affected places, as far as they are known. */
  seqs: v.array(v.pipe(v.number(), v.safeInteger())),
  /** `changed` or `removed` from the change feed, the kind of a finding from `verify`. */
  what: v.string(),
  /** What was expected and what was found, as clauses. */
  expected: v.string(),
  found: v.string(),
});
export type TamperDetected = v.InferOutput<typeof TamperDetectedSchema>;

/**
 * `files`: records that a person gave. `heartbeat`: a message of the schedule, sent by the way of the records.
 * `simulation`: nothing happens in a simulated AWS that the ledger does not know.
 */
const CoverageSourceSchema = v.picklist(['files', 'heartbeat', 'simulation']);

/**
 * Records of an account were read up to a moment, whatever they said: the ledger has heard of the account until then.
 * It is recorded in a stream of the account's own (see `ledger-stream.ts`), once for each run of `ingest` and each
 * heartbeat, and in format 2 only. `effectiveAt` is `to`.
 */
const CoverageRecordedSchema = v.object({
  ...common,
  type: v.literal('CoverageRecorded'),
  account: v.string(),
  source: CoverageSourceSchema,
  /** The times of the first and the last record. A heartbeat has one time. */
  from: InstantSchema,
  to: InstantSchema,
  /** The Regions of the records, sorted. */
  regions: v.array(v.string()),
  /** The latest `to` of this and all earlier coverage of the account, so that the last event tells all. */
  heardUntil: InstantSchema,
  /** The source of the coverage until `heardUntil`; absent if that is this one. */
  heardBy: v.optional(CoverageSourceSchema),
});
export type CoverageRecorded = v.InferOutput<typeof CoverageRecordedSchema>;

const InFormat2Schema = v.variant('type', [
  TagRequestedSchema,
  TagAppliedSchema,
  TagFailedSchema,
  TagObservedSchema,
  ResourceRetiredSchema,
  ResourceRestoredSchema,
  DependencyObservedSchema,
  GapFoundSchema,
  PolicyRecordedSchema,
  TamperDetectedSchema,
  CoverageRecordedSchema,
]);

/** An event as it happened, before the ledger gives it a format and a place. */
export type TagEvent = v.InferOutput<typeof InFormat2Schema>;

const ONLY_IN_FORMAT_2 = ['repeated', 'uncertain', 'endedWith', 'simulated'] as const;

/** What an event may be in each format. A field of format 2 means nothing in format 1, and is not read there. */
export const EVENT_SCHEMAS = {
  1: v.variant('type', [
    v.omit(TagRequestedSchema, ['endsWith', 'children', 'unseenTags', 'simulated']),
    v.omit(TagAppliedSchema, ['simulated']),
    v.omit(TagFailedSchema, ['simulated']),
    v.omit(TagObservedSchema, [
      'removedIf',
      'version',
      'observing',
      'endsWith',
      'children',
      'unseenTags',
      'allSeen',
      'complete',
      'simulated',
    ]),
    v.object({ ...v.omit(ResourceRetiredSchema, ONLY_IN_FORMAT_2).entries, who: WhoSchema }),
    GapFoundSchema,
    PolicyRecordedSchema,
    TamperDetectedSchema,
  ]),
  2: InFormat2Schema,
} as const satisfies Record<EventFormat, unknown>;

/** The event types that this version reads. */
export const EVENT_TYPES: ReadonlySet<string> = new Set(
  InFormat2Schema.options.map(({ entries }) => entries.type.literal),
);

/** No version of tagledger has reached this number: a larger one is damage, and could be user data. */
const HIGHEST_FORMAT = 999;
/** The form of an event type's name; other text could be user data. */
const TYPE_NAME = /^[A-Z][A-Za-z]{2,39}$/;

/**
 * What in a body's JSON shows that a newer version of tagledger wrote it, as a clause such as `schemaVersion
 * 3`; undefined if nothing does. It contains no text that could be a tag value.
 */
export const newerIn = (json: unknown): string | undefined => {
  const { schemaVersion, type } = Object(json) as Readonly<Record<string, unknown>>;
  const isFormat = Number.isInteger(schemaVersion) && Number(schemaVersion) <= HIGHEST_FORMAT;
  if (!isFormat || Number(schemaVersion) < 1) return undefined;
  if (!EVENT_FORMATS.some((known) => known === schemaVersion)) return `schemaVersion ${schemaVersion}`;
  const isOfNewType = typeof type === 'string' && TYPE_NAME.test(type) && !EVENT_TYPES.has(type);
  return isOfNewType ? `event type "${type}"` : undefined;
};

/**
 * What to report about an event from a newer version, and what to do; `newer` is
 * what {@link newerIn} returned.
 */
export const newerText = (newer: string): string =>
  `the unknown ${newer}: it was written by a newer version of tagledger; upgrade this one to at least that version`;

/**
 * The id of the event that `act` writes into `stream` because of `causeId`. A redelivered cause yields the
 * same id, so the table's condition and the decisions prevent a second event.
 */
export const eventIdOf = (act: string, stream: string, causeId: string): string =>
  idFrom('tagledger/event-id/v1', act, stream, causeId);

/** Whether nothing but a simulated EC2 told of an event. */
export const isSimulated = (event: TagEvent): boolean => 'simulated' in event && event.simulated === true;

/** The eventId of a request's first attempt, by which its outcomes refer to it. */
export const requestIdOf = (event: TagRequested): string => event.request ?? event.eventId;
