import { CreateTagsCommand } from '@aws-sdk/client-ec2';
import type { Tag } from '../../events/tag.ts';
import { callEc2, type Ec2, type RepeatedCall, untilDone } from './call.ts';
import { type CallFailure, passesWithTime } from './classify-failure.ts';

/** The outcome for one resource: accepted, with EC2's request id, or why it failed. */
export type CallOutcome =
  | { readonly ok: true; readonly awsRequestId?: string }
  | { readonly ok: false; readonly failure: CallFailure };

/** The waits, the deadline and the pace of tagging calls, and which resources are new. */
export interface Patience extends RepeatedCall {
  /** Whether a resource is so new that EC2 may not show it yet. */
  readonly isYoung: (id: string) => boolean;
}

/** CreateTags takes at most 1,000 resources (EC2 API reference). */
const IDS_PER_CALL = 1_000;

/**
 * Puts the same tags on many resources of one account and Region with as few calls as possible, and returns
 * an outcome for each. EC2 tags all resources of a call or none, so a refused call is repeated without the
 * resources that its message names, or in halves if it names none: an invalid resource never makes a valid
 * one fail. Transient failures are retried with full jitter while time is left. Never rejects.
 */
export const createTags = async (
  ec2: Ec2,
  ids: readonly string[],
  tags: readonly Tag[],
  patience: Patience,
): Promise<Map<string, CallOutcome>> => {
  const outcomes = new Map<string, CallOutcome>();
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
    // A message may name only one invalid resource. After the first, halving finds the valid ones sooner.
    if (named.size > 0 && !halve) return attempt(rest, true);
    const middle = Math.ceil(rest.length / 2);
    await attempt(rest.slice(0, middle), halve);
    if (middle < rest.length) await attempt(rest.slice(middle), halve);
  };

  const attemptAll = async (all: readonly string[]): Promise<void> => {
    for (let i = 0; i < all.length; i += IDS_PER_CALL) await attempt(all.slice(i, i + IDS_PER_CALL), false);
  };

  const attemptVisible = async (some: readonly string[]): Promise<readonly string[]> => {
    await attemptAll(some);
    return some.filter((id) => isNotYetVisible(outcomes.get(id)));
  };
  await untilDone([...new Set(ids)], attemptVisible, patience);
  return outcomes;
};

/** One CreateTags call, with the retries of `callEc2`. */
const call = async (
  ec2: Ec2,
  ids: readonly string[],
  tags: readonly Tag[],
  waiting: RepeatedCall,
): Promise<CallOutcome> => {
  const input = { Resources: [...ids], Tags: tags.map(({ key, value }) => ({ Key: key, Value: value })) };
  const called = await callEc2(async () => {
    const { $metadata } = await ec2.send(new CreateTagsCommand(input));
    return $metadata.requestId;
  }, waiting);
  return called.ok ? { ok: true, ...(called.answer && { awsRequestId: called.answer }) } : called;
};

const aged = (failure: CallFailure, young: boolean): CallFailure =>
  failure.class === 'not-found' && young ? { ...failure, class: 'not-yet-visible' } : failure;

const isNotYetVisible = (outcome: CallOutcome | undefined): boolean =>
  outcome?.ok === false && outcome.failure.class === 'not-yet-visible';

/** The ids of a group that a message contains as whole words, also inside an ARN. */
const namedIn = (message: string, group: readonly string[]): Set<string> => {
  const words = new Set(message.split(/[^A-Za-z0-9-]+/));
  return new Set(group.filter((id) => words.has(id)));
};
