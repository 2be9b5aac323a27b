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
 * A resource, and how its outcome differs from that of its record. With an `outcome`, it has an outcome of
 * its own. Without one, only the fields that differ from those of the record are present.
 */
export type PlannedResource = Partial<PlannedOutcome> & {
  readonly id: string;
  readonly arn: ResourceArn;
  readonly type: string;
};

/** An actor, and how far the name can be trusted to name a person. */
export type WhoView = Omit<Who, 'arn'> & { readonly arn: string | null; readonly confidence: Confidence };

/**
 * What one record would lead to. Its outcome is the strongest of its resources' (see {@link mainOutcome}).
 */
export interface Planned extends PlannedOutcome {
  /**
   * The record's own id, not one that it shares with others. Null, here and below, means that it is not
   * known.
   */
  readonly eventId: string | null;
  readonly eventName: string | null;
  readonly eventTime: string | null;
  readonly who: WhoView;
  readonly resources: readonly PlannedResource[];
}

/**
 * What each message of an input would lead to in an empty ledger, by the same interpretation and decisions as
 * in `request`. A direct call takes effect at `now`. Throws an `InvalidInputError` for an invalid direct
 * call.
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
  // Nearly all records of a trail change nothing. Checking that first makes a plan much faster.
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
  // An empty ledger knows no tag that could meet the condition, but the real ledger can.
  const { why: _, ...observed } = planned;
  return { ...observed, outcome: 'observe', reason: CONDITIONAL };
};

const CONDITIONAL = 'somebody else removed tags where they had these very values';

/** Plans a direct call, or a tag change from EventBridge, which names no actor. */
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

/** Converts an actor for output: adds the confidence, and null for an absent ARN. */
export const whoView = (who: Who): WhoView => {
  const { name, arn = null, kind, ...more } = who;
  return { name, arn, kind, confidence: confidenceOf(who), ...more };
};

/** An event that has a cause. */
type Caused = Extract<TagEvent, { readonly cause: Cause }>;

interface Concerned {
  readonly stream: ResourceArn;
  readonly event?: Caused | undefined;
  readonly fate: PlannedOutcome;
}

/** Everything that a message would record, with its first event and its first skip. */
const consequence = (context: InterpretationContext, message: InputMessage, now: Date) => {
  const { writes, skips } = interpret(context, [message], now, '');
  const concerned = writes.map(({ stream, decide, otherwise, unasked }): Concerned => {
    // Only the ledger can tell whether a request accounts for one of tagledger's own calls; usually one does.
    if (otherwise) return { stream, fate: { outcome: 'skip', ...otherwise } };
    const event = decide(UNKNOWN, []).find((one): one is Caused => 'cause' in one);
    const fate = outcomeOf(event);
    return { stream, event, fate: unasked === undefined ? fate : { ...fate, reason: unasked } };
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
