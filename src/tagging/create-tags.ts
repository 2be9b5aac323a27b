import { CreateTagsCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { fullJitter, type Spacing } from '../events/backoff.ts';
import type { Tag } from '../events/tag.ts';
import { type CallFailure, classifyFailure, passesWithTime } from './classify-failure.ts';

/** The part of the EC2 client that is used. */
export type Ec2 = Pick<EC2Client, 'send'>;

/** What became of one resource: accepted, with EC2's request id, or why not. */
export type Outcome =
  | { readonly ok: true; readonly awsRequestId?: string }
  | { readonly ok: false; readonly failure: CallFailure };

/** Time, as far as calling EC2 depends on it. */
export interface Patience {
  /** Waits; a simulation may move its clock forward instead. */
  readonly sleep: (ms: number) => Promise<void>;
  /** How long this invocation may still call EC2, in milliseconds. */
  readonly remainingMs: () => number;
  /** Whether a resource is so young that EC2 may not show it yet. */
  readonly isYoung: (id: string) => boolean;
  /** For the jitter of waits: from 0 to below 1; a simulation may give its own. */
  readonly random?: (() => number) | undefined;
}

/** CreateTags takes at most 1,000 resources (EC2 API reference). */
const IDS_PER_CALL = 1_000;

/** How often one call is made before it is left to a later attempt, and how the calls are spaced. */
const TRIES = 6;
const SPACING: Spacing = { baseMs: 250, capMs: 8_000 };

/**
 * Puts the same tags on many resources of one account and Region with as few calls as possible, and answers for
 * each of them. A call is all or nothing, so a refused one is repeated without the resources that the message
 * names, or in halves when it names none: a good resource never fails because of a bad neighbour. What passes
 * with time is tried again with full jitter while time is left. Never rejects.
 */
export const createTags = async (
  ec2: Ec2,
  ids: readonly string[],
  tags: readonly Tag[],
  patience: Patience,
): Promise<Map<string, Outcome>> => {
  const outcomes = new Map<string, Outcome>();
  const refuse = (refused: readonly string[], failure: CallFailure) => {
    for (const id of refused) outcomes.set(id, { ok: false, failure: aged(failure, patience.isYoung(id)) });
  };

  const attempt = async (group: readonly string[], halve: boolean): Promise<void> => {
    const called = await call(ec2, group, tags, patience);
    if (called.ok) {
      for (const id of group) outcomes.set(id, called);
      return;
    }
    if (group.length === 1 || passesWithTime(called.failure)) return refuse(group, called.failure);
    const named = namedIn(called.failure.message, group);
    refuse([...named], called.failure);
    const rest = group.filter((id) => !named.has(id));
    if (rest.length === 0) return;
    // A message may name one bad resource at a time. After the first, halves find the good ones sooner.
    if (named.size > 0 && !halve) return attempt(rest, true);
    const middle = Math.ceil(rest.length / 2);
    await attempt(rest.slice(0, middle), halve);
    if (middle < rest.length) await attempt(rest.slice(middle), halve);
  };

  const attemptAll = async (all: readonly string[]): Promise<void> => {
    for (let i = 0; i < all.length; i += IDS_PER_CALL) await attempt(all.slice(i, i + IDS_PER_CALL), false);
  };

  const unique = [...new Set(ids)];
  await attemptAll(unique);
  for (let tries = 1; tries < TRIES; tries++) {
    const unseen = unique.filter((id) => isNotYetVisible(outcomes.get(id)));
    const wait = fullJitter(tries, SPACING, patience.random);
    if (unseen.length === 0 || wait >= patience.remainingMs()) break;
    await patience.sleep(wait);
    await attemptAll(unseen);
  }
  return outcomes;
};

/** One CreateTags call, repeated while what is wrong with it passes with time and time is left. */
const call = async (
  ec2: Ec2,
  ids: readonly string[],
  tags: readonly Tag[],
  { sleep, remainingMs, random }: Patience,
): Promise<Outcome> => {
  for (let tries = 1; ; tries++) {
    if (remainingMs() <= 0) return { ok: false, failure: OUT_OF_TIME };
    try {
      const { $metadata } = await ec2.send(
        new CreateTagsCommand({
          Resources: [...ids],
          Tags: tags.map(({ key, value }) => ({ Key: key, Value: value })),
        }),
      );
      return { ok: true, ...($metadata.requestId && { awsRequestId: $metadata.requestId }) };
    } catch (error) {
      const failure = classifyFailure(error);
      const wait = fullJitter(tries, SPACING, random);
      if (!passesWithTime(failure) || tries === TRIES || wait >= remainingMs()) return { ok: false, failure };
      await sleep(wait);
    }
  }
};

const OUT_OF_TIME: CallFailure = {
  code: 'OutOfTime',
  message: 'the invocation had no time left to call EC2',
  class: 'unavailable',
};

const aged = (failure: CallFailure, young: boolean): CallFailure =>
  failure.class === 'not-found' && young ? { ...failure, class: 'not-yet-visible' } : failure;

const isNotYetVisible = (outcome: Outcome | undefined): boolean =>
  outcome?.ok === false && outcome.failure.class === 'not-yet-visible';

/** The ids of a group that stand in a message as whole words, also inside an ARN. */
const namedIn = (message: string, group: readonly string[]): Set<string> => {
  const words = new Set(message.split(/[^A-Za-z0-9-]+/));
  return new Set(group.filter((id) => words.has(id)));
};
