import { type Confidence, confidenceOf } from '../cloudtrail/identity/confidence.ts';
import { meaningOf } from '../cloudtrail/meaning.ts';
import type { CloudTrailRecord } from '../cloudtrail/record.ts';
import { UNKNOWN } from '../events/resource.ts';
import { parseArn, type ResourceArn } from '../events/resource-arn.ts';
import type { Cause, TagEvent, Who } from '../events/tag-event.ts';
import { actorIn, type InterpretationContext, interpret, REMEMBERED } from '../intake/interpret.ts';
import type { Skip } from '../intake/planned-write.ts';
import type { InputMessage } from '../intake/read-input.ts';
import { difference, mainOutcome, outcomeOf, type PlannedOutcome } from './outcome.ts';

/**
 * A resource, and its fate as far as it is not that of its record: one with an `outcome` has a fate of its own, and
 * otherwise `tags`, `birthTags` and `notes` stand here where they are not those of the record.
 */
export type PlannedResource = Partial<PlannedOutcome> & {
  readonly id: string;
  readonly arn: ResourceArn;
  readonly type: string;
};

/** Who acted, and what the name can be trusted to name. */
export type WhoView = Omit<Who, 'arn'> & { readonly arn: string | null; readonly confidence: Confidence };

/** What one record would lead to: its fate is the strongest of its resources' (see {@link mainOutcome}). */
export interface Planned extends PlannedOutcome {
  /** The record's own id, not the one that it may share with others. Null, here and below, is what is not told. */
  readonly eventId: string | null;
  readonly eventName: string | null;
  readonly eventTime: string | null;
  readonly who: WhoView;
  readonly resources: readonly PlannedResource[];
}

/**
 * What the messages of an input would lead to in an empty ledger, each. It is what `request` would do: the same
 * interpretation and the same decisions. Throws an `InvalidInputError` for a direct call that is wrong. `now` is when a direct call happens.
 */
export const whatIf = (
  context: InterpretationContext,
  messages: readonly InputMessage[],
  now: Date,
): Planned[] =>
  messages.map((message) =>
    message.kind === 'record'
      ? planOfRecord(context, message.record, now)
      : planOfEvent(context, message, now),
  );

const planOfRecord = (context: InterpretationContext, record: CloudTrailRecord, now: Date): Planned => {
  const { eventID: eventId = null, eventName, eventTime = null } = record;
  const actor = actorIn(context)(record);
  const who = whoView(actor);
  // Nearly all records of a trail mean nothing: to ask that first makes its plan much faster.
  const meaning = meaningOf(record, () => actor);
  if (meaning.kind === 'nothing') {
    const { why, reason } = context.isRemembered?.(record)
      ? REMEMBERED
      : { why: meaning.code, reason: meaning.reason };
    return { eventId, eventName, eventTime, outcome: 'skip', why, reason, who, resources: [] };
  }
  const { result } = consequence(context, { kind: 'record', record, meaning }, now);
  const planned = { eventId, eventName, eventTime, ...result, who };
  if (meaning.kind !== 'tag-change' || result.why !== 'nothing-to-set') return planned;
  // An empty ledger knows no tag that would meet a condition; the one that is asked later may.
  const { why: _, ...observed } = planned;
  return { ...observed, outcome: 'observe', reason: CONDITIONAL };
};

const CONDITIONAL = 'somebody else removed tags where they had these very values';

/** A direct call, or a change of tags that EventBridge tells of, naming nobody. */
const planOfEvent = (
  context: InterpretationContext,
  message: Exclude<InputMessage, { kind: 'record' }>,
  now: Date,
): Planned => {
  const { event, skip, result } = consequence(context, message, now);
  const { id = null, time = null } = message.input as { readonly id?: string; readonly time?: string };
  return {
    eventId: event?.cause.id || id,
    eventName: event?.cause.name ?? skip?.name ?? null,
    eventTime: event?.effectiveAt ?? time,
    ...result,
    who: whoView(event?.who ?? { name: 'unknown', kind: 'Unknown' }),
  };
};

/** As people and programs read it. */
export const whoView = (who: Who): WhoView => {
  const { name, arn = null, kind, ...more } = who;
  return { name, arn, kind, confidence: confidenceOf(who), ...more };
};

/** An event that something outside of tagledger caused. */
type Caused = Extract<TagEvent, { readonly cause: Cause }>;

interface Concerned {
  readonly stream: ResourceArn;
  readonly event?: Caused | undefined;
  readonly fate: PlannedOutcome;
}

/** What would be recorded because of a message, in all, with the first event of it. */
const consequence = (context: InterpretationContext, message: InputMessage, now: Date) => {
  const { writes, skips } = interpret(context, [message], now, '');
  const concerned = writes.map(({ stream, decide, otherwise }): Concerned => {
    // Whether a request accounts for a call of tagledger's own only its ledger can tell; as a rule one does.
    if (otherwise) return { stream, fate: { outcome: 'skip', ...otherwise } };
    const event = decide(UNKNOWN, []).find((one): one is Caused => 'cause' in one);
    return { stream, event, fate: outcomeOf(event) };
  });
  for (const skip of skips) if (skip.resource) concerned.push({ stream: skip.resource, fate: skipped(skip) });
  const [skip] = skips;
  const fate = mainOutcome(concerned.map((one) => one.fate)) ?? skipped(skip);
  const resources = concerned.map((one) => resourceOf(one, fate));
  return { event: concerned[0]?.event, skip, result: { ...fate, resources } };
};

const skipped = (skip: Skip | undefined): PlannedOutcome =>
  skip ? { outcome: 'skip', why: skip.why, reason: skip.reason } : { outcome: 'skip' };

const resourceOf = ({ stream, fate }: Concerned, main: PlannedOutcome): PlannedResource => {
  const { id, type } = parseArn(stream);
  return fate === main ? { id, arn: stream, type } : { id, arn: stream, type, ...difference(fate, main) };
};
