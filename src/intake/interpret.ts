import { HEARTBEAT, type Heartbeat } from '../cloudtrail/heartbeat.ts';
import { principalOf } from '../cloudtrail/identity/principal.ts';
import type { Pseudonymizer } from '../cloudtrail/identity/pseudonymize.ts';
import type { Trigger } from '../cloudtrail/meaning.ts';
import { type Meaning, meaningOf, type StateChange } from '../cloudtrail/meaning.ts';
import { type CloudTrailRecord, causeIdOf } from '../cloudtrail/record.ts';
import { STATE_CHANGE } from '../cloudtrail/state-change-event.ts';
import { TAG_CHANGE, type tagChangeOf } from '../cloudtrail/tag-change-event.ts';
import { observeDependency, observeDependencyIfAny } from '../commands/observe-dependency.ts';
import { observeOwnCall } from '../commands/observe-own-call.ts';
import { observeTags } from '../commands/observe-tags.ts';
import { observeToldChange } from '../commands/observe-told-change.ts';
import { type AccountCoverage, coverageDecisions } from '../commands/record-coverage.ts';
import { gapStream, recordGap } from '../commands/record-gap.ts';
import { restoreResource } from '../commands/restore-resource.ts';
import { retireByNotice, retireResource } from '../commands/retire-resource.ts';
import { arnOf } from '../events/resource-arn.ts';
import type { Cause, Who } from '../events/tag-event.ts';
import { InvalidInputError } from '../shared/errors.ts';
import type { CredentialsOf } from '../tagging/ec2/credentials.ts';
import type { TagRules } from '../tagging/rules/tag-rules.ts';
import { type Home, parseDirectCall } from './direct-call.ts';
import { isOwnSession } from './own-calls.ts';
import { planTagRequest } from './plan-tag-request.ts';
import type { PlannedWrite, SkipReason } from './planned-write.ts';
import { type Interpretation, planOnEach } from './planned-write.ts';
import type { InputMessage } from './read-input.ts';

/** The settings and the attribution on which the meaning of an input depends. */
export interface InterpretationContext {
  /** Absent where inputs are only observed: what happened is recorded, and nothing is requested. */
  readonly rules: TagRules | undefined;
  /** Whether creations are recorded for which no rule of `rules` asks for tags; true by default. */
  readonly recordAll?: boolean | undefined;
  /** The account and Region of direct calls that name a resource by its id alone. */
  readonly home?: Home;
  /**
   * Which credentials are used for an account. A direct call for an account without any is rejected. Absent
   * when the credentials are not known.
   */
  readonly credentialsOf?: CredentialsOf;
  /**
   * The roles that tagledger tags with, in the format of {@link isOwnSession}. Their CreateTags calls come
   * back through CloudTrail.
   */
  readonly taggerRoleArn?: string;
  /** The actor of a record, when attribution found more than the record tells; undefined otherwise. */
  readonly behind?: (record: CloudTrailRecord) => Who | undefined;
  /** Whether a record shows who assumed a role or created an Auto Scaling group, and was remembered for what these do. */
  readonly isRemembered?: (record: CloudTrailRecord) => boolean;
  /** Pseudonymizes actors, in events and in the tags of rules. Without it, names are kept. */
  readonly pseudonymize?: Pseudonymizer | undefined;
}

/** The actor of a record: the result of attribution, or the record's own principal. */
export const actorIn =
  ({ behind }: Pick<InterpretationContext, 'behind'>) =>
  (record: CloudTrailRecord): Who =>
    behind?.(record) ?? principalOf(record);

/** Why nothing is recorded for a record that is remembered for attribution. */
export const REMEMBERED = {
  why: 'remembered',
  reason: 'it says who began a session or created a group, which is remembered for what they do',
} as const;

/**
 * Plans what to record for the messages of one input, in order. Throws an `InvalidInputError` for an invalid
 * direct call. A direct call takes effect at `now`, and has the id `inputId` unless it has one of its own.
 */
export const interpret = (
  context: InterpretationContext,
  messages: readonly InputMessage[],
  now: Date,
  inputId: string,
): Interpretation => {
  const all = messages.map((message) => interpretMessage(context, message, now, inputId));
  const writes = all.flatMap(({ writes }) => writes);
  return {
    writes: context.rules ? writes : writes.map(requestingNothing),
    skips: all.flatMap(({ skips }) => skips),
  };
};

/** Leaves out requests, such as one that gives back what a late record shows to have been replaced. */
const requestingNothing = (write: PlannedWrite): PlannedWrite => ({
  ...write,
  decide: (resource, events) => write.decide(resource, events).filter(({ type }) => type !== 'TagRequested'),
});

const interpretMessage = (
  context: InterpretationContext,
  message: InputMessage,
  now: Date,
  inputId: string,
): Interpretation => {
  switch (message.kind) {
    case 'direct-call':
      return interpretCall(context, message.input, now, inputId);
    case 'tag-change':
      return interpretTagChange(message.change);
    case 'state-change':
      return interpretStateChange(message.change);
    case 'no-call':
      return { writes: [], skips: [{ ...message.noCall, why: 'no-call' }] };
    case 'heartbeat':
      return interpretHeartbeat(message.heartbeat, now);
    case 'record':
      return interpretRecord(context, message);
  }
};

/** A heartbeat is heard by the way of the records, so the ledger has heard of its account until then. */
const interpretHeartbeat = ({ id, account, region, at }: Heartbeat, now: Date): Interpretation => {
  if (Date.parse(at) - now.getTime() > SKEW_MS) {
    throw new InvalidInputError(`The heartbeat is of ${at}, which is yet to come. Check what sends it.`);
  }
  const cause: Cause = { source: 'eventbridge', id, name: HEARTBEAT.detailType };
  const coverage: AccountCoverage = { account, source: 'heartbeat', from: at, to: at, regions: [region] };
  const writes = coverageDecisions(coverage).map(
    ({ stream, decide }): PlannedWrite => ({ cause, stream, decide, known: undefined, otherwise: HEARD }),
  );
  return { writes, skips: [] };
};

/** How far the clocks of AWS and of the ledger may differ. */
const SKEW_MS = 5 * 60_000;

const HEARD = {
  why: 'heard',
  reason: 'a heartbeat, which says until when the ledger has heard of an account',
} as const;

const interpretCall = (
  { rules, home, credentialsOf, pseudonymize = asKnown }: InterpretationContext,
  input: unknown,
  now: Date,
  inputId: string,
): Interpretation => {
  const { resource, user, tags, requestId = inputId } = parseDirectCall(input, home);
  if (credentialsOf?.(resource.account) === 'none') {
    throw new InvalidInputError(
      `The direct call names ${arnOf(resource)}, and there are no credentials of account ${resource.account}. Turn on MEMBER_ACCOUNTS and deploy the member stack there, or name a resource of this account.`,
    );
  }
  const occasion: Trigger = {
    cause: { source: 'direct', id: requestId },
    who: pseudonymize({ name: user, kind: 'Direct' }),
    at: now.toISOString(),
  };
  return planTagRequest(rules, occasion, resource, { tags });
};

const interpretRecord = (
  context: InterpretationContext,
  { record, meaning: plain = meaningOf(record, actorIn(context)) }: Extract<InputMessage, { kind: 'record' }>,
): Interpretation => {
  const { rules, recordAll, taggerRoleArn, pseudonymize = asKnown } = context;
  const meaning = pseudonymized(plain, pseudonymize);
  const causeId = causeIdOf(record);
  const skip = (why: SkipReason, reason: string): Interpretation => ({
    writes: [],
    skips: [{ ...(causeId && { cause: causeId }), name: record.eventName, why, reason }],
  });
  const isOwn = () => taggerRoleArn !== undefined && isOwnSession(taggerRoleArn, principalOf(record).arn);
  switch (meaning.kind) {
    case 'nothing':
      if (context.isRemembered?.(record)) return skip(REMEMBERED.why, REMEMBERED.reason);
      if (!meaning.lost) return skip(meaning.code, meaning.reason);
      return isOwn() ? skip(OWN_CALL.why, OWN_CALL.reason) : gap(meaning.lost, meaning.reason);
    case 'creation': {
      const asked = meaning.resources.map(
        ({ identity, birthTags: tags, uncertain = [], unseenTags, endsWith, children }) => {
          const birth = { tags, uncertain, endsWith, children, ...(unseenTags && { unseenTags }) };
          return planTagRequest(rules, meaning, identity, { birth, recordAll });
        },
      );
      const all = [...asked, dependencies(meaning, meaning.dependents ?? [])];
      return { writes: all.flatMap(({ writes }) => writes), skips: all.flatMap(({ skips }) => skips) };
    }
    case 'dependency':
      return dependencies(meaning, meaning.resources);
    case 'ending':
      return planOnEach(meaning, meaning.resources, (stream, { id }) => ({
        decide: retireResource(stream, { ...meaning, isRepeated: meaning.repeated?.includes(id) ?? false }),
      }));
    case 'restoration':
      return planOnEach(meaning, meaning.resources, (stream) => ({
        decide: restoreResource(stream, meaning),
      }));
    case 'tag-change':
      if (isOwn()) return ownCall(meaning, record.requestID ?? undefined);
      return planOnEach(meaning, meaning.resources, (stream) => ({
        decide: observeTags(stream, meaning),
      }));
  }
};

/** Records with what resources end. Of volumes it is only recorded if the ledger knows that they may end with others. */
const dependencies = (
  trigger: Trigger,
  resources: Extract<Meaning, { kind: 'dependency' }>['resources'],
): Interpretation =>
  planOnEach(trigger, resources, (stream, { type, endsWith, children, unsure }) => {
    const { cause, who, at } = trigger;
    const dependency = { cause, who, at, endsWith, children, unsure };
    return type === 'volume' || unsure === 'volume'
      ? { decide: observeDependencyIfAny(stream, dependency), otherwise: NO_DEPENDENCY }
      : { decide: observeDependency(stream, dependency) };
  });

const NO_DEPENDENCY = {
  why: 'no-dependency',
  reason: 'the ledger does not know of a resource that may end with another one',
} as const;

const asKnown: Pseudonymizer = (who) => who;

const pseudonymized = (meaning: Meaning, pseudonymize: Pseudonymizer): Meaning => {
  if (meaning.kind !== 'nothing') return { ...meaning, who: pseudonymize(meaning.who) };
  const { lost } = meaning;
  return lost ? { ...meaning, lost: { ...lost, who: pseudonymize(lost.who) } } : meaning;
};

/** Records what a CloudTrail record omits, in a stream of the gap's own, which is assumed to be empty. */
const gap = (lost: Lost, reason: string): Interpretation => {
  const { cause } = lost;
  const stream = gapStream(lost, cause);
  const write: PlannedWrite = {
    cause,
    stream,
    decide: recordGap(stream, { ...lost, reason }),
    known: [],
  };
  return { writes: [write], skips: [] };
};

type Lost = NonNullable<Extract<Meaning, { kind: 'nothing' }>['lost']>;

/** Why nothing is recorded for the echo of a call by tagledger itself. */
export const OWN_CALL = {
  why: 'own-call',
  reason: 'made by tagledger itself: the outcome is recorded where the call was made',
} as const;

/**
 * Interprets the echo of a call by one of tagledger's own roles. It requests nothing. The caller records the
 * outcome; the echo confirms it if that was lost. Tags that no request accounts for are recorded as observed.
 */
const ownCall = (
  change: Extract<Meaning, { kind: 'tag-change' }>,
  awsRequestId: string | undefined,
): Interpretation =>
  planOnEach(change, change.resources, (stream) => ({
    decide: observeOwnCall(stream, change, awsRequestId?.toWellFormed()),
    otherwise: OWN_CALL,
  }));

/** The event names no actor. CloudTrail reports the same change with one, and the fold joins the two. */
const interpretTagChange = (meaning: ReturnType<typeof tagChangeOf>): Interpretation => {
  if (meaning.kind === 'nothing') {
    return { writes: [], skips: [{ name: TAG_CHANGE, why: meaning.code, reason: meaning.reason }] };
  }
  return planOnEach(meaning, meaning.resources, (stream) => ({
    decide: observeToldChange(stream, meaning),
  }));
};

/** The notification names nobody. The one who ended the instance stays known, whichever of the two is read first. */
const interpretStateChange = (change: StateChange): Interpretation => {
  if (change.kind === 'nothing') {
    return { writes: [], skips: [{ name: STATE_CHANGE, why: change.code, reason: change.reason }] };
  }
  return planOnEach(change, change.resources, (stream) => ({
    decide: retireByNotice(stream, change),
  }));
};
