import { whoOf } from '../cloudtrail/identity/principal.ts';
import type { Disguise } from '../cloudtrail/identity/pseudonymize.ts';
import { type Meaning, meaningOf } from '../cloudtrail/meaning.ts';
import { type CloudTrailRecord, causeIdOf } from '../cloudtrail/record.ts';
import { TAG_CHANGE, type tagChangeOf } from '../cloudtrail/tag-change-event.ts';
import { observeNews } from '../commands/observe-news.ts';
import { observeOwnCall } from '../commands/observe-own-call.ts';
import { observeTags } from '../commands/observe-tags.ts';
import { gapStream, recordGap } from '../commands/record-gap.ts';
import { retireResource } from '../commands/retire-resource.ts';
import { arnOf } from '../events/resource-arn.ts';
import type { Who } from '../events/tag-event.ts';
import type { CredentialsOf } from '../handlers/runtime/credentials.ts';
import { InvalidInputError } from '../shared/errors.ts';
import type { TagRules } from '../tagging/rules/tag-rules.ts';
import type { Occasion } from './apply-tag-rules.ts';
import { type Home, parseDirectCall } from './direct-call.ts';
import { isOwnSession } from './own-calls.ts';
import { askForTags } from './plan-tag-request.ts';
import type { Act, Why } from './planned-write.ts';
import { actOnEach, type Interpretation } from './planned-write.ts';
import type { Message } from './read-input.ts';

/** What the meaning of an input depends on. */
export interface Perspective {
  readonly rules: TagRules;
  /** The account and Region of direct calls that name a resource by its id alone. */
  readonly home?: Home;
  /** With whose credentials accounts are called: a direct call for an account without any is refused. Absent where that is not known. */
  readonly credentialsOf?: CredentialsOf;
  /** The roles that tagledger tags with, as {@link isOwnSession} takes them: their CreateTags calls come back through CloudTrail. */
  readonly taggerRoleArn?: string;
  /** Who acted in a record, where more is known than the record tells. */
  readonly behind?: (record: CloudTrailRecord) => Who | undefined;
  /** Whether a record tells who is behind others, and is remembered for that. */
  readonly isRemembered?: (record: CloudTrailRecord) => boolean;
  /** Gives who acted as it is recorded and as rules see it; absent when that is as it is known. */
  readonly disguise?: Disguise | undefined;
}

/** Who acted in a record, as far as anything tells. */
export const actorIn =
  ({ behind }: Pick<Perspective, 'behind'>) =>
  (record: CloudTrailRecord): Who =>
    behind?.(record) ?? whoOf(record);

/** Why a record that is remembered gives nothing to record. */
export const REMEMBERED = {
  why: 'remembered',
  reason: 'it tells who assumed a role, which is remembered for the calls of that session',
} as const;

/**
 * What the messages of one input ask to be recorded, in order. Throws an `InvalidInputError` for a direct call that is
 * wrong. `now` is when a direct call happens, and `inputId` is its id unless it brings its own.
 */
export const interpret = (
  perspective: Perspective,
  messages: readonly Message[],
  now: Date,
  inputId: string,
): Interpretation => {
  const all = messages.map((message) => interpretMessage(perspective, message, now, inputId));
  return { acts: all.flatMap(({ acts }) => acts), skips: all.flatMap(({ skips }) => skips) };
};

const interpretMessage = (
  perspective: Perspective,
  message: Message,
  now: Date,
  inputId: string,
): Interpretation => {
  switch (message.kind) {
    case 'direct-call':
      return interpretCall(perspective, message.input, now, inputId);
    case 'tag-change':
      return interpretTagChange(message.change);
    case 'record':
      return interpretRecord(perspective, message);
  }
};

const interpretCall = (
  { rules, home, credentialsOf, disguise = asKnown }: Perspective,
  input: unknown,
  now: Date,
  inputId: string,
): Interpretation => {
  const { resource, user, tags, requestId = inputId } = parseDirectCall(input, home);
  if (credentialsOf?.(resource.account) === 'none') {
    throw new InvalidInputError(
      `the direct call names ${arnOf(resource)}, and there are no credentials of account ${resource.account}: turn on MEMBER_ACCOUNTS and deploy the member stack there, or name a resource of this account`,
    );
  }
  const occasion: Occasion = {
    cause: { source: 'direct', id: requestId },
    who: disguise({ name: user, kind: 'Direct' }),
    at: now.toISOString(),
  };
  return askForTags(rules, occasion, resource, { tags });
};

const interpretRecord = (
  perspective: Perspective,
  { record, meaning: plain = meaningOf(record, actorIn(perspective)) }: Extract<Message, { kind: 'record' }>,
): Interpretation => {
  const { rules, taggerRoleArn, disguise = asKnown } = perspective;
  const meaning = disguised(plain, disguise);
  const causeId = causeIdOf(record);
  const skip = (why: Why, reason: string): Interpretation => ({
    acts: [],
    skips: [{ ...(causeId && { cause: causeId }), name: record.eventName, why, reason }],
  });
  const isOwn = () => taggerRoleArn !== undefined && isOwnSession(taggerRoleArn, whoOf(record).arn);
  switch (meaning.kind) {
    case 'nothing':
      if (perspective.isRemembered?.(record)) return skip(REMEMBERED.why, REMEMBERED.reason);
      if (!meaning.lost) return skip(meaning.code, meaning.reason);
      return isOwn() ? skip(OWN_CALL.why, OWN_CALL.reason) : gap(meaning.lost, meaning.reason);
    case 'creation': {
      const asked = meaning.resources.map(({ identity, birthTags, uncertain = [] }) =>
        askForTags(rules, meaning, identity, { birth: { tags: birthTags, uncertain } }),
      );
      return { acts: asked.flatMap(({ acts }) => acts), skips: asked.flatMap(({ skips }) => skips) };
    }
    case 'ending':
      return actOnEach(meaning, meaning.resources, (stream) => ({
        decide: retireResource(stream, meaning),
        isRecorded: (resource) => resource.retired !== undefined,
      }));
    case 'tag-change':
      if (isOwn()) return ownCall(meaning, record.requestID ?? undefined);
      return actOnEach(meaning, meaning.resources, (stream) => ({
        decide: observeTags(stream, meaning),
        isRecorded: () => true,
      }));
  }
};

const asKnown: Disguise = (who) => who;

const disguised = (meaning: Meaning, disguise: Disguise): Meaning => {
  if (meaning.kind !== 'nothing') return { ...meaning, who: disguise(meaning.who) };
  const { lost } = meaning;
  return lost ? { ...meaning, lost: { ...lost, who: disguise(lost.who) } } : meaning;
};

/** What a record of CloudTrail's does not tell, in a stream that can hold nothing yet. */
const gap = (lost: Lost, reason: string): Interpretation => {
  const { cause } = lost;
  const stream = gapStream(lost, cause);
  const act: Act = {
    cause,
    stream,
    decide: recordGap(stream, { ...lost, reason }),
    known: [],
    isRecorded: (resource) => resource.gap !== undefined,
  };
  return { acts: [act], skips: [] };
};

type Lost = NonNullable<Extract<Meaning, { kind: 'nothing' }>['lost']>;

const OWN_CALL = {
  why: 'own-call',
  reason: 'made by tagledger itself: the outcome is recorded where the call was made',
} as const;

/**
 * A call by a role of tagledger's own. Its outcome is recorded where it was made, unless that was lost; it asks for
 * nothing. What no request of a resource accounts for is recorded as observed.
 */
const ownCall = (
  change: Extract<Meaning, { kind: 'tag-change' }>,
  awsRequestId: string | undefined,
): Interpretation =>
  actOnEach(change, change.resources, (stream) => ({
    decide: observeOwnCall(stream, change, awsRequestId?.toWellFormed()),
    isRecorded: () => true,
    otherwise: OWN_CALL,
  }));

/** Nobody says who did it, and CloudTrail reports the same change with the name: only what is news is recorded. */
const interpretTagChange = (meaning: ReturnType<typeof tagChangeOf>): Interpretation => {
  if (meaning.kind === 'nothing') {
    return { acts: [], skips: [{ name: TAG_CHANGE, why: meaning.code, reason: meaning.reason }] };
  }
  return actOnEach(meaning, meaning.resources, (stream) => ({
    decide: observeNews(stream, meaning),
    isRecorded: () => true,
  }));
};
